package io.promptroutes.simulator;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Counts requests and money. Thread-safe: written by the event loop, read by anybody. */
final class Meter {

    private long requests;
    private long inFlight;
    private long completions;
    private BigDecimal billedUsd = BigDecimal.ZERO;
    private final Map<String, Bill.Share> byModel = new TreeMap<>();
    private final Map<String, Bill.Calls> byPrompt = new HashMap<>();

    synchronized void arrived() {
        requests++;
        inFlight++;
    }

    synchronized void over() {
        inFlight--;
    }

    /** @param fingerprint null while not recording */
    synchronized void called(String fingerprint) {
        add(fingerprint, new Bill.Calls(1, 0, BigDecimal.ZERO));
    }

    /** @param fingerprint null while not recording */
    synchronized void billed(String model, BigDecimal cost, String fingerprint) {
        completions++;
        billedUsd = billedUsd.add(cost);
        byModel.merge(model, new Bill.Share(1, cost), Bill.Share::and);
        add(fingerprint, new Bill.Calls(0, 1, cost));
    }

    synchronized BigDecimal billedUsd() {
        return billedUsd;
    }

    synchronized Bill bill() {
        return new Bill(requests, inFlight, completions, billedUsd, Map.copyOf(byModel), Map.copyOf(byPrompt));
    }

    private void add(String fingerprint, Bill.Calls calls) {
        if (fingerprint != null) {
            byPrompt.merge(fingerprint, calls, Bill.Calls::and);
        }
    }
}
