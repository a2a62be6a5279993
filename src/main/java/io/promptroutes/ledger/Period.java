package io.promptroutes.ledger;

/** The time that a limit is for: a day or month in UTC, or all of a job. */
public enum Period { DAY, MONTH, JOB }
