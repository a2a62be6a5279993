package io.promptroutes.component;

import java.util.concurrent.ThreadLocalRandom;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Exchange;

/** What a source of ours sends through its route, again and again until its route has ended well or nobody is to try any more. Its steps follow one another. */
abstract class RouteTries implements Runnable {

    private static final long FIRST_PAUSE_MILLIS = 1_000;
    private static final long LONGEST_PAUSE_MILLIS = 60_000;

    final void go(Exchange exchange, AsyncProcessor route) {
        route.process(exchange, done -> ended(exchange));
    }

    /** The route has ended, once for each exchange. */
    abstract void ended(Exchange exchange);

    /**
     * Before the next try. No two are alike: records that failed together, because the broker refused the whole batch for one of them, do not meet in
     * the same batch again. @param failures before this one
     */
    static long pauseMillis(int failures) {
        long longest = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(failures, 10));
        return ThreadLocalRandom.current().nextLong(longest / 2, longest + 1);
    }
}
