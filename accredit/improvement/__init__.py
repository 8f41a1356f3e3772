"""Improvement: actions that promise to move a measured KPI."""
