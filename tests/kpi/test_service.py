"""What is stored counts until it is replaced or withdrawn; what is read is what counts."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from accredit.identity.models import Department
from accredit.kpi import imports, service
from accredit.kpi.comparison import Standing
from accredit.kpi.domain import Status
from accredit.kpi.models import KpiImport, KpiTarget, Measurement
from accredit.kpi.series import latest_of
from tests.kpi.conftest import AT, csat_lines
from tests.kpi.files import kpi


def values(arrange, department: int, name: str = "csat") -> list[tuple[str, float | None, int]]:
    with arrange() as session:
        return [
            (row.start_on.isoformat()[:7], row.value, row.n)
            for row in service.series(session, department, name)
        ]


def test_each_window_becomes_a_measurement_with_its_figures(measure, arrange, cast):
    measure("csat", csat_lines("2026-01", 80, 20) + csat_lines("2026-02", 30, 30))
    with arrange() as session:
        first, second = service.series(session, cast.licensing, "csat")
        assert (first.start_on, first.end_on) == (date(2026, 1, 1), date(2026, 1, 31))
        assert (first.value, first.n, first.status) == (80.0, 100, "ok")
        # Wilson for 80 of 100, as published tables give it.
        assert (round(first.low, 2), round(first.high, 2)) == (71.12, 86.66)
        assert (second.value, second.n, second.end_on) == (50.0, 60, date(2026, 2, 28))


def test_a_later_import_replaces_only_the_windows_it_brings(measure, arrange, cast):
    measure("csat", csat_lines("2026-01", 80, 20) + csat_lines("2026-02", 30, 30))
    later = AT + timedelta(days=1)
    measure("csat", csat_lines("2026-02", 45, 15), at=later)
    assert values(arrange, cast.licensing) == [("2026-01", 80.0, 100), ("2026-02", 75.0, 60)]
    with arrange() as session:
        replaced = session.query(Measurement).filter(Measurement.replaced_at.is_not(None)).one()
        assert (replaced.value, replaced.replaced_at) == (50.0, later), "the old figure stays"


def test_windows_of_other_lengths_departments_and_kpis_are_left_alone(measure, arrange, cast):
    from accredit.kpi.importing import Window

    lines = csat_lines("2026-01", 80, 20)
    measure("csat", lines)
    measure("csat", lines, window=Window.QUARTER)
    measure("csat_mean", lines)
    measure("csat", csat_lines("2026-01", 10, 90), department=cast.contact_centre)
    assert values(arrange, cast.licensing) == [("2026-01", 80.0, 100), ("2026-01", 80.0, 100)]
    assert values(arrange, cast.contact_centre) == [("2026-01", 10.0, 100)]


def test_the_import_says_what_became_of_every_row(measure, arrange, cast, events):
    number = measure("csat", [*csat_lines("2026-01", 2, 1), "2026-01-03,", "2026-01-04,9"])
    with arrange() as session:
        row = session.get(KpiImport, number)
        assert (row.accepted, row.blank, row.left_out, row.rejected) == (3, 1, 0, 1)
    ((actor, details),) = events("kpi.imported")
    assert actor == cast.contributor.id
    assert (details["kpi"], details["accepted"], details["rejected"]) == ("csat", 3, 1)
    assert (details["windows"], details["replaced"]) == (1, 0)


class TestLatest:
    def test_it_is_the_newest_with_enough_answers(self, measure, arrange, cast):
        measure(
            "csat",
            csat_lines("2025-12", 10, 90)
            + csat_lines("2026-01", 80, 20)
            + csat_lines("2026-02", 3, 1),
        )
        with arrange() as session:
            row = service.latest(session, cast.licensing)["csat"]
            assert (row.start_on, row.value) == (date(2026, 1, 1), 80.0)

    def test_it_is_the_newest_at_all_where_none_has_enough(self, measure, arrange, cast):
        measure("csat", csat_lines("2026-01", 3, 1) + csat_lines("2026-02", 1, 1))
        with arrange() as session:
            row = service.latest(session, cast.licensing)["csat"]
            assert (row.start_on, row.status) == (date(2026, 2, 1), Status.INSUFFICIENT)

    def test_of_two_that_end_together_it_is_the_shorter(self, measure, arrange, cast):
        from accredit.kpi.importing import Window

        lines = csat_lines("2025-12", 80, 20)
        measure("csat", lines, window=Window.YEAR)
        measure("csat", lines)
        with arrange() as session:
            row = service.latest(session, cast.licensing)["csat"]
            assert row.start_on == date(2025, 12, 1)
            rows = service.series(session, cast.licensing, "csat")
            assert latest_of(rows) is row, "both say the same"

    def test_a_replaced_value_is_never_the_latest(self, measure, arrange, cast):
        measure("csat", csat_lines("2026-01", 80, 20))
        measure("csat", csat_lines("2026-01", 1, 1))
        with arrange() as session:
            assert service.latest(session, cast.licensing)["csat"].n == 2

    def test_several_departments_are_read_at_once(self, measure, arrange, cast):
        measure("csat", csat_lines("2026-01", 80, 20))
        measure("nps", ["2026-01-01,10"] * 40, department=cast.contact_centre)
        with arrange() as session:
            found = service.latest_for(
                session, [cast.licensing, cast.contact_centre, cast.other_department]
            )
            assert {place: list(shown) for place, shown in found.items()} == {
                cast.licensing: ["csat"],
                cast.contact_centre: ["nps"],
            }


class TestReadings:
    def test_they_are_exact_decimals_of_the_latest_figures(self, measure, arrange, cast):
        measure("csat", csat_lines("2026-01", 80, 20))
        with arrange() as session:
            reading = service.readings_for(session, cast.licensing, date(2026, 5, 3))["csat"]
            stored = service.latest(session, cast.licensing)["csat"]
            assert (reading.value, reading.n) == (Decimal("80.0"), 100)
            assert float(reading.low) == stored.low
            assert float(reading.high) == stored.high

    def test_they_tell_their_age_and_the_change_since_the_month_before(
        self, measure, arrange, cast
    ):
        measure("csat", csat_lines("2026-01", 80, 20))
        measure("csat", csat_lines("2026-02", 85, 15))
        with arrange() as session:
            on = {
                day: service.readings_for(session, cast.licensing, day)["csat"]
                for day in (date(2026, 3, 27), date(2026, 3, 28), date(2026, 5, 3))
            }
        assert [int(reading.age_months) for reading in on.values()] == [0, 1, 2]
        assert {reading.trend for reading in on.values()} == {Decimal("5.0")}

    def test_the_first_figure_has_no_trend(self, measure, arrange, cast):
        measure("csat", csat_lines("2026-01", 80, 20))
        with arrange() as session:
            day = date(2026, 5, 3)
            assert service.readings_for(session, cast.licensing, day)["csat"].trend is None

    def test_too_few_answers_are_neither_passed_nor_failed(self, measure, arrange, cast):
        measure("csat", csat_lines("2026-01", 5, 0))
        with arrange() as session:
            reading = service.readings_for(session, cast.licensing, date(2026, 5, 3))["csat"]
            assert (reading.value, reading.low, reading.high, reading.n) == (None, None, None, 5)

    def test_what_was_never_measured_is_not_there(self, arrange, cast):
        with arrange() as session:
            assert service.readings_for(session, cast.licensing, date(2026, 5, 3)) == {}


class TestWithdrawing:
    REASON = "The file of another department was chosen."

    def withdraw(self, arrange, cast, number: int, reason: str = REASON) -> None:
        with arrange() as session:
            row = session.get(KpiImport, number)
            imports.withdraw_import(session, row, reason=reason, by=cast.leader.id, at=AT)

    def test_the_figures_before_it_count_again(self, measure, arrange, cast, events):
        measure("csat", csat_lines("2026-01", 80, 20))
        wrong = measure("csat", csat_lines("2026-01", 1, 99) + csat_lines("2026-02", 1, 99))
        self.withdraw(arrange, cast, wrong)
        assert values(arrange, cast.licensing) == [("2026-01", 80.0, 100)]
        ((actor, details),) = events("kpi.withdrawn")
        assert (actor, details["reason"], details["windows"]) == (cast.leader.id, self.REASON, 2)

    def test_a_later_import_of_the_same_window_stands(self, measure, arrange, cast):
        wrong = measure("csat", csat_lines("2026-01", 1, 99))
        measure("csat", csat_lines("2026-01", 80, 20))
        self.withdraw(arrange, cast, wrong)
        assert values(arrange, cast.licensing) == [("2026-01", 80.0, 100)]

    @pytest.mark.parametrize("order", [(1, 2), (2, 1)])
    def test_a_withdrawn_import_is_never_what_counts_again(self, measure, arrange, cast, order):
        numbers = [
            measure("csat", csat_lines("2026-01", satisfied, 100 - satisfied))
            for satisfied in (80, 60, 40)
        ]
        for place in order:
            self.withdraw(arrange, cast, numbers[place])
        assert values(arrange, cast.licensing) == [("2026-01", 80.0, 100)]
        self.withdraw(arrange, cast, numbers[0])
        assert values(arrange, cast.licensing) == []

    def test_it_needs_a_reason_and_happens_once(self, measure, arrange, cast):
        number = measure("csat", csat_lines("2026-01", 80, 20))
        with pytest.raises(imports.WithdrawalReasonError):
            self.withdraw(arrange, cast, number, "  wrong   ")
        assert values(arrange, cast.licensing) == [("2026-01", 80.0, 100)]
        self.withdraw(arrange, cast, number)
        with pytest.raises(imports.ImportWithdrawnError):
            self.withdraw(arrange, cast, number)


class TestTargets:
    def set(self, arrange, cast, value: float, name: str = "csat", seen: int | None = None) -> int:
        with arrange() as session:
            place = session.get(Department, cast.licensing)
            return service.set_target(
                session, place, kpi(name), value, by=cast.leader.id, at=AT, seen=seen
            ).id

    def test_the_newest_of_the_departments_own_counts_else_the_definitions(
        self, arrange, cast, events
    ):
        self.set(arrange, cast, 85)
        self.set(arrange, cast, 90)
        with arrange() as session:
            found = service.targets_for(session, [cast.licensing, cast.contact_centre])
        assert found[cast.licensing]["csat"] == 90
        assert found[cast.contact_centre]["csat"] == kpi("csat").default_target == 80
        assert found[cast.licensing]["nps"] == kpi("nps").default_target
        assert events("kpi.target_set") == [
            (cast.leader.id, {"from": 80.0, "to": 85}),
            (cast.leader.id, {"from": 85.0, "to": 90}),
        ]

    @pytest.mark.parametrize(
        ("name", "value"),
        [("csat", 100.5), ("csat", -1), ("nps", -101), ("ces", 0.5), ("response_time", -1)],
    )
    def test_a_target_the_kpi_cannot_have_is_refused(self, arrange, cast, name, value):
        with pytest.raises(service.ImpossibleTargetError) as refused:
            self.set(arrange, cast, value, name)
        assert refused.value.field == "value"

    @pytest.mark.parametrize("value", [float("nan"), float("inf")])
    def test_what_is_no_number_is_refused(self, arrange, cast, value):
        with pytest.raises(service.ImpossibleTargetError):
            self.set(arrange, cast, value, "response_time")

    def test_nobody_overwrites_a_target_they_have_not_seen(self, arrange, cast):
        first = self.set(arrange, cast, 85, seen=0)
        with pytest.raises(service.StaleTargetError) as refused:
            self.set(arrange, cast, 60, seen=0)
        assert refused.value.current.id == first
        self.set(arrange, cast, 60, seen=first)
        with arrange() as session:
            assert session.query(KpiTarget).count() == 2


def test_the_standing_is_judged_by_the_interval(measure, arrange, cast):
    measure("csat", csat_lines("2026-01", 80, 20))
    with arrange() as session:
        row = service.latest(session, cast.licensing)["csat"]
        judged = {target: service.standing_of(kpi("csat"), row, target) for target in (71, 80, 87)}
    assert judged == {71: Standing.MET, 80: Standing.UNCLEAR, 87: Standing.MISSED}
    assert service.standing_of(kpi("csat"), None, 80) is Standing.UNKNOWN
