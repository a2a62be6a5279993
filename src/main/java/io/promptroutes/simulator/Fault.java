package io.promptroutes.simulator;

import java.util.Locale;

/** What can go wrong with a simulated completion; {@code simulator.fault.<name>} is its share of the requests in percent. */
public enum Fault {
    /** Nothing goes wrong. */
    NONE,
    /** 429 with Retry-After, as from a busy provider. */
    RATE_LIMITED,
    /** 429 for the free models' cap of the day: no Retry-After, X-RateLimit-Reset at the next midnight UTC; other models are spared. */
    FREE_DAILY_CAP,
    /** 402 for an empty account; free models are spared. */
    NO_CREDIT,
    /** 402 that names the max_tokens that can be paid for; a request that asks for no more is spared, and so are free models. */
    AFFORDABLE,
    /** 403 for a flagged input. */
    MODERATION,
    /** 502. */
    SERVER_ERROR,
    /** 524 with an HTML page instead of JSON. */
    HTML,
    /** The connection is reset before any byte of a response. */
    RESET,
    /** 200 whose body is an error. */
    ERROR_IN_200,
    /** 200 with empty content, no usage and the native reason network_error. */
    EMPTY,
    /** 200 whose body stops in the middle although the response is complete; billed. */
    CUT_JSON,
    /** 200 whose body comes a byte at a time; billed. */
    DRIBBLE;

    /** The name in the configuration. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
