package io.promptroutes.ledger;

import java.math.BigDecimal;

/**
 * A part of a limit that was passed.
 *
 * @param name      pipeline, tenant, model or two of them, as the scope has it; empty for the total
 * @param periodKey {@code 2026-11-22}, {@code 2026-11} or the job
 * @param percent   50, 80 or 100
 * @param spentUsd  spent by then, calls of unknown cost included at what was reserved for them
 */
public record Crossing(Limit limit, String name, String periodKey, int percent, BigDecimal spentUsd) {
}
