package io.promptroutes.route;

import io.promptroutes.telemetry.Passage;
import org.apache.camel.Exchange;

/** When a prompt waits, and when it is worked on: the second is our own time. */
final class Stopwatch {

    private Stopwatch() {
    }

    static void waits(Exchange exchange) {
        Passage passage = exchange.getVariable(Passage.VARIABLE, Passage.class);
        if (passage != null) {
            passage.waits();
        }
    }

    static void goesOn(Exchange exchange) {
        Passage passage = exchange.getVariable(Passage.VARIABLE, Passage.class);
        if (passage != null) {
            passage.goesOn();
        }
    }
}
