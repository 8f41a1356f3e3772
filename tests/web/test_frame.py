"""The frame of every page: its menu, its addresses, and the end of a request."""

from __future__ import annotations

import re
from pathlib import Path

from jinja2 import meta, nodes
from sqlalchemy import select

from accredit.app import create_app
from accredit.config import resource_dir
from accredit.database import db
from accredit.identity.models import Organisation
from accredit.web import pages
from accredit.web.access import public
from tests.conftest import World, make_settings
from tests.queries import count_queries


def test_the_menu_follows_the_root_under_which_the_site_is_served(browse, cast):
    person = browse(cast.leader)

    for root in ("/site", "", "/site"):
        page = person.get("/account", base_url=f"http://localhost{root}/")
        menu = page.tree.xpath("//nav[@id='site-nav']//a/@href")
        styles = page.tree.xpath("//link[@rel='stylesheet']/@href")
        assert f"{root}/assessments/" in menu
        assert all(address.startswith(f"{root}/") for address in menu)
        assert styles[0].startswith(f"{root}/assets/")


def test_the_menu_is_each_readers_own(browse, cast):
    def menu(actor, language):
        page = browse(actor, language).get("/account")
        return page.tree.xpath("//nav[@id='site-nav']//a/text()")

    assert "People" in menu(cast.administrator, "en")
    assert "People" not in menu(cast.leader, "en")
    assert "عملي" in menu(cast.leader, "ar")
    assert "My work" in menu(cast.leader, "en")


def test_what_is_written_once_is_written_for_each_language_and_root(browse, cast):
    person = browse(cast.leader)

    for language, root in (("en", ""), ("ar", ""), ("en", "/site"), ("ar", "/site")):
        page = person.get(f"/account?lang={language}", base_url=f"http://localhost{root}/")
        assert page.tree.xpath("//a[@class='site-name']/@href") == [f"{root}/"]
        opens = page.tree.xpath("//button[@popovertarget='site-nav']")[0].text_content()
        assert opens.strip() == ("Menu" if language == "en" else "القائمة")


def test_nothing_that_is_written_once_follows_from_who_asks_or_when(app):
    folder = resource_dir("templates")
    asked = {
        found.groups()
        for path in folder.rglob("*.html")
        for found in re.finditer(r'written_once\("([^"]+)", "(\w+)"', path.read_text("utf-8"))
    }
    assert len(asked) >= 6
    for template, macro in asked:
        used = names_used(app.jinja_env, template, macro) - NEVER_REACHED.get(macro, set())
        assert used <= SAME_FOR_ALL, (template, macro)
    element = (folder / "assessment" / "element.html").read_text("utf-8")
    assert 'written_once("assessment/_aside.html", "evidence_panel", *panel)' in element


#: Names of the application and components that know nothing of a request but its language.
SAME_FOR_ALL = {
    *("_", "ngettext", "asset", "url_for"),
    *("button", "card", "code_text", "evidence_card", "icon", "level_dots", "rubric_card", "tag"),
    *("notice", "user_text"),
}

#: A form is in the panel of whoever may link, and that panel is not written once.
NEVER_REACHED = {"evidence_panel": {"post_button"}}


def names_used(environment, template, macro):
    """What a macro asks from outside, and what the macros ask that it calls in turn."""
    source = environment.loader.get_source(environment, template)[0]
    whole = environment.parse(source)
    own = {one.name for one in whole.find_all(nodes.Macro)}
    elsewhere = {
        name: one.template.value
        for one in whole.find_all(nodes.FromImport)
        for name in one.names
        if not one.template.value.startswith("layout/")
    }
    body = re.search(rf"macro {macro}\(.*?endmacro", source, re.DOTALL)
    assert body, (template, macro)
    asked = meta.find_undeclared_variables(environment.parse(f"{{%- {body[0]} -%}}"))
    for name in asked & (own | elsewhere.keys()):
        inner = names_used(environment, elsewhere.get(name, template), name)
        asked = (asked - {name}) | inner
    return asked


def test_what_somebody_typed_at_length_is_not_remembered(app):
    with app.test_request_context("/"):
        for name, remembered in (("A short name", True), ("A long name " * 50, False)):
            before = pages._written.cache_info().currsize
            assert name in pages.written_once("layout/frame.html", "brand", name)
            assert (pages._written.cache_info().currsize > before) is remembered


def test_who_is_signed_in_and_what_they_hold_is_one_question(app, browse, cast):
    person = browse(cast.leader)
    person.get("/account")

    with count_queries(app) as statements:
        person.get("/account")

    assert len([one for one in statements if "role_assignment" in one]) == 1
    assert len([one for one in statements if "JOIN person" in one]) == 1


def test_what_a_safe_request_changed_is_gone_with_it(world: World, tmp_path: Path):
    settings = make_settings(tmp_path, database_url=world.databases.copy(tmp_path))
    app = create_app(settings)

    @app.get("/meddle")
    @public
    def meddle() -> str:
        organisation = db.session.scalars(select(Organisation).limit(1)).one()
        organisation.name_en = "Meddled"
        db.session.flush()
        return "done"

    with app.app_context():
        assert app.test_client().get("/meddle").text == "done"
    with app.app_context():
        assert "Meddled" not in db.session.scalars(select(Organisation.name_en)).all()
        db.session.remove()
        db.engine.dispose()
