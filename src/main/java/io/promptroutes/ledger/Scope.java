package io.promptroutes.ledger;

/** Whose spending a limit is over. */
public enum Scope { TOTAL, TENANT, MODEL, TENANT_MODEL }
