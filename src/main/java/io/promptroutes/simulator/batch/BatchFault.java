package io.promptroutes.simulator.batch;

import io.promptroutes.simulator.Refused;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What can go wrong with batches, in percent: of submissions, of reading calls, of deletions, of batches, or of lines ({@code simulator.batch.faults}). */
public enum BatchFault {
    SUBMIT_402("submit.402"),
    SUBMIT_403("submit.403"),
    /** As if a line stood in it twice. */
    SUBMIT_422("submit.422"),
    SUBMIT_429("submit.429"),
    SUBMIT_500("submit.500"),
    SUBMIT_502("submit.502"),
    /** The connection is reset, and there is no batch. */
    SUBMIT_RESET("submit.reset"),
    /** There is a batch, and the connection is reset. */
    SUBMIT_RESET_COMMITTED("submit.reset-committed"),
    /** There is a batch, and no answer ever. */
    SUBMIT_SILENT_COMMITTED("submit.silent-committed"),
    /** There is a batch, and the answer is 502. */
    SUBMIT_502_COMMITTED("submit.502-committed"),

    POLL_402("poll.402"),
    POLL_403("poll.403"),
    POLL_408("poll.408"),
    POLL_429("poll.429"),
    POLL_429_RETRY_AFTER("poll.429-retry-after"),
    POLL_500("poll.500"),
    POLL_502("poll.502"),
    POLL_HTML("poll.html"),
    /** The body comes a byte at a time, as {@code simulator.dribble-*} say. */
    POLL_SLOW("poll.slow"),
    /** The connection ends in the middle of the body. */
    POLL_CUT("poll.cut"),

    DELETE_502("delete.502"),

    /** Fails as a whole, and names one of its lines. */
    BATCH_FAILED("batch.failed"),
    /** Runs until its window is over. */
    BATCH_EXPIRED("batch.expired"),
    /** Has a status that nobody knows, once. */
    BATCH_ODD_STATUS("batch.odd-status"),

    LINE_ERROR("line.error"),
    LINE_ERROR_MESSAGE("line.error-message"),
    LINE_ERROR_STRING("line.error-string"),
    LINE_STATUS_400("line.status-400"),
    LINE_STATUS_500("line.status-500"),
    LINE_BOTH_NULL("line.both-null"),
    /** From here on a line was answered, and is billed. */
    LINE_NO_CUSTOM_ID("line.no-custom-id"),
    LINE_UNKNOWN_CUSTOM_ID("line.unknown-custom-id"),
    LINE_DUPLICATE("line.duplicate"),
    LINE_MISSING("line.missing"),
    LINE_UNDECODABLE("line.undecodable"),
    LINE_CONTENT_NULL("line.content-null"),
    LINE_LENGTH("line.length");

    private final String key;

    BatchFault(String key) {
        this.key = key;
    }

    /** Whether a line that this happens to was answered all the same. */
    boolean billed() {
        return compareTo(LINE_NO_CUSTOM_ID) >= 0;
    }

    private String kind() {
        return key.substring(0, key.indexOf('.'));
    }

    /**
     * @param list {@code NAME:PERCENT} each; a kind such as {@code line} stands for all of it
     * @throws IllegalArgumentException where a name or a number is wrong, or a kind adds up to more than 100
     */
    public static Map<BatchFault, Double> percent(List<String> list) {
        Map<BatchFault, Double> percent = new EnumMap<>(BatchFault.class);
        for (String one : list) {
            int colon = one.indexOf(':');
            String name = one.substring(0, Math.max(0, colon)).strip();
            double share = Double.parseDouble(one.substring(colon + 1));
            List<BatchFault> meant = Arrays.stream(values()).filter(fault -> fault.key.equals(name) || fault.kind().equals(name)).toList();
            if (meant.isEmpty() || !(share >= 0)) {
                throw new IllegalArgumentException(one);
            }
            meant.forEach(fault -> percent.put(fault, share));
        }
        for (BatchFault fault : percent.keySet()) {
            double sum = percent.entrySet().stream().filter(other -> other.getKey().kind().equals(fault.kind())).mapToDouble(Map.Entry::getValue).sum();
            if (sum > 100.000001) {
                throw new IllegalArgumentException(fault.kind());
            }
        }
        return Map.copyOf(percent);
    }

    /** @throws Refused where the fault is an answer, and not what happens to one; nothing is accepted then */
    static void refuse(BatchFault fault, long retryAfterSeconds) throws Refused {
        if (fault == null) {
            return;
        }
        switch (fault) {
            case SUBMIT_402, POLL_402 -> throw Refused.payment("Insufficient credits. Add more to go on");
            case SUBMIT_403 -> throw new Refused(403, "Batches are not allowed for this account: zdr-retention");
            case POLL_403 -> throw new Refused(403, "Batches of this workspace cannot be read with this key");
            case POLL_408 -> throw new Refused(408, "Request Timeout");
            case POLL_429 -> throw Refused.tooMany("Rate limit exceeded.", null);
            case SUBMIT_429, POLL_429_RETRY_AFTER -> throw Refused.tooMany("Rate limit exceeded.", retryAfterSeconds);
            case SUBMIT_500, POLL_500 -> throw new Refused(500, "Internal Server Error");
            case SUBMIT_502, POLL_502, DELETE_502 -> throw unavailable();
            default -> { }
        }
    }

    static Refused unavailable() {
        return new Refused(502, "Upstream batch-api is unavailable.");
    }

    /** @param dice from 0 to 100; null where nothing goes wrong */
    static BatchFault drawn(String kind, Map<BatchFault, Double> percent, double dice) {
        double edge = 0;
        for (BatchFault fault : values()) {
            edge += fault.kind().equals(kind) ? percent.getOrDefault(fault, 0.0) : 0;
            if (dice < edge) {
                return fault;
            }
        }
        return null;
    }
}
