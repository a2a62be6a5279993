package io.promptroutes.ledger;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;

/** A row of works while a group is made up. Confined to the writer. */
final class WorkRow {

    static final String OPEN = "open";
    static final String ANSWERED = "answered";
    static final String DEAD = "dead";
    /** In front of both where the work is a part of a prompt. */
    static final String PART = "part-";

    final String id;
    final boolean inTable;
    boolean changed;
    /** The answer in the table is of an earlier time. */
    boolean outdated;
    String state = OPEN;
    String owner;
    Work work;
    byte[] json;
    UUID answerId;
    String model;
    BigDecimal cost;
    Instant finishedAt;

    /** A work that the table does not know. */
    WorkRow(Work work) {
        this.id = work.id().hex();
        this.inTable = false;
        this.work = work;
    }

    WorkRow(String id, String state, String owner) {
        this.id = id;
        this.inTable = true;
        this.state = state;
        this.owner = owner;
    }

    boolean open() {
        return state.equals(OPEN);
    }

    void take(Work taken, String instance) {
        if (open() && instance.equals(owner)) {
            return; // its second call
        }
        outdated |= inTable && !open();
        state = OPEN;
        owner = instance;
        work = taken;
        json = null;
        answerId = null;
        model = null;
        cost = null;
        finishedAt = null;
        changed = true;
    }

    void finish(Work finished, Finish end, boolean storeText, UUID id, String instance, Instant now) {
        outdated |= inTable && !open();
        state = (finished.part() ? PART : "") + (end.answered() ? ANSWERED : DEAD);
        owner = instance;
        work = finished;
        json = storeText ? end.json() : null;
        answerId = storeText ? id : null;
        model = end.model();
        cost = end.costUsd();
        finishedAt = now;
        changed = true;
    }
}
