package io.promptroutes.ledger;

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
    /** The table has an answer of it. */
    final boolean answerInTable;
    boolean changed;
    /** The answer in the table is of an earlier time. */
    boolean outdated;
    String state;
    String owner;
    Work work;
    /** Null while nothing has answered it. */
    Finish end;
    UUID answerId;

    WorkRow(String id, String state, String owner, boolean inTable, boolean answerInTable) {
        this.id = id;
        this.state = state;
        this.owner = owner;
        this.inTable = inTable;
        this.answerInTable = answerInTable;
    }

    /** A work that the table does not know. */
    static WorkRow added(String id) {
        return new WorkRow(id, OPEN, null, false, false);
    }

    /** As it is in the table now, for another group. */
    WorkRow again() {
        return new WorkRow(id, state, owner, inTable || changed, changed ? answerId != null : answerInTable);
    }

    boolean open() {
        return state.equals(OPEN);
    }

    void take(Work taken, String instance) {
        if (!open() || !instance.equals(owner)) { // else it is its second call
            become(OPEN, taken, instance, null, null);
        }
    }

    /** @param id null where texts are not stored */
    void finish(Work finished, Finish finish, UUID id, String instance) {
        String ended = (finished.part() ? PART : "") + (finish.answered() ? ANSWERED : DEAD);
        become(finish.checked() ? ended : OPEN, finished, instance, finish, id);
    }

    private void become(String next, Work of, String by, Finish finish, UUID id) {
        outdated |= answerInTable;
        state = next;
        owner = by;
        work = of;
        end = finish;
        answerId = id;
        changed = true;
    }
}
