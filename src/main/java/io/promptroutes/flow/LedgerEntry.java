package io.promptroutes.flow;

import io.promptroutes.ledger.KnownWork;
import io.promptroutes.ledger.Work;
import io.promptroutes.ledger.WorkId;

/** A prompt's work, as the ledger last knew it, and whose its answer may be. Belongs to one prompt; not thread-safe. */
public final class LedgerEntry {

    private Work work;
    private boolean reopened;
    private KnownWork known;
    private String question;
    private WorkId id;

    /** The work is this prompt's. */
    public void begun(Work begun) {
        work = begun;
    }

    /** Somebody else has the work: it is to be looked up again. */
    public void forget() {
        work = null;
    }

    /** Null where there is no ledger, and while the work is not known to be this prompt's. */
    public Work work() {
        return work;
    }

    /** The work is done again although it was finished before. */
    public void reopen() {
        reopened = true;
    }

    public boolean reopened() {
        return reopened;
    }

    /** What the ledger has last said of the work. */
    public void known(KnownWork said) {
        known = said;
    }

    /** Null before it was asked. */
    public KnownWork known() {
        return known;
    }

    /** What the ledger knows it by. */
    public void known(WorkId work) {
        id = work;
    }

    /** Null before it was asked, and where there is no ledger. */
    public WorkId id() {
        return id;
    }

    /** Its answer may be given to others that ask the same. @param asked what they ask, but for the model */
    public void shares(String asked) {
        question = asked;
    }

    /** Null where the answer is for this prompt alone. */
    public String question() {
        return question;
    }
}
