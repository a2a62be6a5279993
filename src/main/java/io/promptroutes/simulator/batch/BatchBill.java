package io.promptroutes.simulator.batch;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.promptroutes.simulator.Bill;
import java.math.BigDecimal;
import java.util.Map;

/**
 * What was submitted as batches and what was charged for them, apart from single calls; as JSON the body of
 * {@code GET /simulator/batches/bill}. Immutable; money is USD, exact. Foreign batches are not in it.
 *
 * @param submissions POSTs that arrived, refused ones included
 * @param batches     those that were accepted, whether or not the client heard of it
 * @param lines       of accepted batches
 * @param billedLines lines that were answered, whether or not the answer can be read
 * @param byModel     by the id of the price list, which ends in {@code :batch}
 * @param byPrompt    by {@link io.promptroutes.simulator.Fingerprint}; empty unless recording
 */
@JsonNaming(SnakeCaseStrategy.class)
public record BatchBill(long submissions, long batches, long lines, long billedLines, BigDecimal billedUsd,
                        Map<String, Bill.Share> byModel, Map<String, Part> byBatch, Map<String, Bill.Calls> byPrompt) {

    /** One batch's part. */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Part(String status, long lines, long billedLines, BigDecimal billedUsd) {
    }
}
