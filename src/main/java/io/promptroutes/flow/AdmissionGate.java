package io.promptroutes.flow;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Whether calls may be made: open, paused (it goes on by itself), probing (one call finds out whether the pause is over), or stopped for good.
 * One for all pipelines of a provider; each has a {@link PromptWindow} of its own. Thread-safe.
 */
public final class AdmissionGate {

    private enum State { OPEN, PAUSED, PROBING, STOPPED }

    /** What others are given to test a pause, at most, before the prompt that was refused does. */
    private static final Duration OTHERS_FIRST = Duration.ofSeconds(2);

    private final Duration firstProbe;
    private final Duration longestPause;
    private final boolean job;
    private final Clock clock;

    private volatile State state = State.OPEN;
    private boolean probeTaken;
    private int calling;
    private volatile boolean proved;
    private volatile String reason;
    private Instant pausedSince;
    private Instant nextProbe;
    private Duration probeEvery;
    private volatile Instant openSince = Instant.EPOCH;
    private volatile boolean closed;

    /**
     * @param firstProbe   after which a pause is first tested; doubles from then on, to a minute
     * @param longestPause after which a pause becomes a stop
     * @param job          whether this run is to end some day: a service pauses for as long as it takes, and a refused key stops it never
     */
    public AdmissionGate(Duration firstProbe, Duration longestPause, boolean job, Clock clock) {
        this.firstProbe = firstProbe;
        this.longestPause = longestPause;
        this.job = job;
        this.clock = clock;
    }

    /** Whether a prompt may be taken now, because intake is open or to find out whether a pause is over. */
    public boolean open() {
        if (state == State.OPEN) {
            return true; // the usual case, without the lock
        }
        synchronized (this) {
            return mayProbe();
        }
    }

    /** The service is about to end: nothing more is taken; what was taken may go on. There is no way back. */
    public synchronized void close() {
        closed = true;
        notifyAll();
    }

    public boolean closed() {
        return closed;
    }

    /** When the last pause was over, or {@link Instant#EPOCH}; now while it lasts. */
    public Instant openSince() {
        return reason == null ? openSince : clock.instant();
    }

    /** What is under way may all have been refused: somebody new is to find out whether the pause is over for others. */
    private boolean mayProbe() {
        return state == State.PROBING && !probeTaken || state == State.PAUSED && !clock.instant().isBefore(nextProbe);
    }

    /**
     * Asks before each call; what is given is taken back by {@link #called}, when what came of it is published or queued again.
     *
     * @param permit of a prompt: one that was refused before tests a pause only where no other does, else a single prompt that is refused for
     *               itself would hold up all
     */
    public synchronized boolean mayCall(Permit permit) {
        if (state == State.PAUSED && !clock.instant().isBefore(permit.refused() != null ? nextProbe.plus(min(OTHERS_FIRST, probeEvery)) : nextProbe)) {
            state = State.PROBING;
            probeTaken = false;
        }
        boolean may = state == State.OPEN || state == State.PROBING && !probeTaken;
        if (may) {
            probeTaken = true;
            calling += permit.take() ? 1 : 0;
        }
        return may;
    }

    /** Calls that run now, or whose outcome is not yet safe. */
    public synchronized int inFlight() {
        return calling;
    }

    /** A call has ended, however, and what came of it is safe. Does nothing where none had begun, or that was said before. */
    public synchronized void called(Permit permit) {
        if (permit.giveBack()) {
            calling--;
            if (state == State.PROBING) {
                probeTaken = false; // it proved nothing either way: another may try
            }
            notifyAll();
        }
    }

    /** What a pause of that reason was about works again. */
    public void over(String why) {
        String now = reason;
        if (now != null && now.startsWith(why)) {
            resume();
        }
    }

    /** The account and the connection have proved good. */
    public void resume() {
        if (state == State.OPEN && proved) {
            return; // the usual case, without the lock: a pause that comes now is newer than this proof
        }
        synchronized (this) {
            proved = true;
            if (state != State.STOPPED) {
                if (state != State.OPEN) {
                    openSince = clock.instant();
                }
                state = State.OPEN;
                reason = null;
                pausedSince = null;
                notifyAll();
            }
        }
    }

    /**
     * The key was refused. A job stops if no call has ever succeeded, or if a second look after a while finds the same
     * (OpenRouter has refused good keys for minutes); a service pauses.
     */
    public synchronized boolean refused(String why) {
        if (job && (!proved || state == State.PROBING)) {
            stop(why);
            return false;
        }
        return pause(why);
    }

    /** Holds all calls back because of something that is no prompt's fault. True: it was open before. */
    public synchronized boolean pause(String why) {
        if (state == State.STOPPED) {
            return false;
        }
        Instant now = clock.instant();
        if (job && pausedSince != null && !pausedSince.plus(longestPause).isAfter(now)) {
            stop(why + "; still so after " + longestPause.toSeconds() + " s");
            return false;
        }
        boolean news = pausedSince == null;
        if (news) {
            pausedSince = now;
            probeEvery = firstProbe;
        } else if (state == State.PROBING) {
            probeEvery = min(probeEvery.multipliedBy(2), Duration.ofMinutes(1));
        } else {
            return false; // a call that began before the pause
        }
        if (job && longestPause.isZero()) {
            stop(why);
            return false;
        }
        state = State.PAUSED;
        reason = why;
        nextProbe = now.plus(probeEvery);
        return news;
    }

    /** Ends intake for good: what is being called may finish, nothing else is called. The first reason stays. */
    public synchronized void stop(String why) {
        if (state != State.STOPPED) {
            state = State.STOPPED;
            reason = why;
        }
        notifyAll();
    }

    /** Whether nothing more is taken, ever. */
    public boolean shut() {
        return closed || state == State.STOPPED;
    }

    public boolean stopped() {
        return state == State.STOPPED;
    }

    /** Why it is paused or stopped; null while it is open. */
    public String reason() {
        return reason;
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
