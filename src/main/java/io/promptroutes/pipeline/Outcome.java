package io.promptroutes.pipeline;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.util.StringHelper;

/**
 * What follows a step of a prompt's way: the route that begins with {@code direct:} or {@code seda:} and the name in lower case. A step leaves
 * it in variable {@code next}; routes/engine/outcomes.camel.yaml moves there.
 */
public enum Outcome {
    /** Ready for its first queue. */
    QUEUE("direct"),
    /** Is in the queue of those that may have been answered before. */
    LOOK_UP("seda"),
    /** The ledger has no answer of it. */
    UNANSWERED("direct"),
    /** The ledger has calls of it that may have been billed. */
    ASK_COSTS("direct"),
    /** Is in the queue of those that may be somebody else's question. */
    CACHE("seda"),
    /** What it came to before, in variable {@code stored}, is given again, as variable {@code again} says. */
    REPUBLISH("direct"),
    RESULT_AGAIN("direct"),
    DEAD_LETTER_AGAIN("direct"),
    /** Is in the queue of those that are asked together, or is found to be called alone. */
    BATCH_SUBMIT("seda"),
    /** Is asked in a batch already. */
    BATCH_OPEN("direct"),
    /** Is in the queue for a permit. */
    CALL("seda"),
    COMPARE("direct"),
    TRY_MODEL("direct"),
    /** The call has ended, with an answer or not. */
    END_CALL("direct"),
    /** There is an answer, and it is still to be seen whether it is the JSON that was asked for. */
    KEEP_ANSWER("direct"),
    CHECK_ANSWER("direct"),
    SETTLE("direct"),
    /** The body is the result. */
    ANSWERED("direct"),
    /** One model of a comparison has ended: the body is what it came to. */
    BRANCH_OVER("direct"),
    /** Waits on no thread and no permit, as variable {@code wait} says. */
    WAIT("direct"),
    /** No model has answered. */
    FAILED("direct"),
    /** The body is the dead letter. */
    DEAD_LETTER("direct"),
    /** The dead letter that is the body is stored. */
    PUBLISH_DEAD_LETTER("direct"),
    /** Is in the queue of those whose exchange ended with an exception that no clause took. */
    BROKEN_OFF("seda"),
    /** Is somebody else's now. */
    GIVEN_UP("direct"),
    /** Nothing more is called. */
    STOPPED("direct");

    private static final Set<String> QUEUES = Stream.of(values()).map(Outcome::route).filter(route -> route.startsWith("seda:"))
            .map(route -> route.replace(":", "://")).collect(Collectors.toUnmodifiableSet());

    private final String route;
    private final String address;

    Outcome(String scheme) {
        route = scheme + ":" + name().toLowerCase(Locale.ROOT).replace('_', '-');
        address = scheme.equals("seda") ? route + "?waitForTaskToComplete=Never" : route;
    }

    /** What the route begins with. */
    public String route() {
        return route;
    }

    /** Whether one of these routes takes what is sent there. @param endpoint its address as Camel writes it, with options; null for none */
    static boolean isQueue(String endpoint) {
        return endpoint != null && QUEUES.contains(StringHelper.before(endpoint, "?", endpoint));
    }

    /** For the routes: {@code toD: "${variable.next}"}. */
    @Override
    public String toString() {
        return address;
    }
}
