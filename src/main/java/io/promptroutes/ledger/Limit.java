package io.promptroutes.ledger;

import io.promptroutes.model.Usd;
import java.math.BigDecimal;
import java.util.Objects;

/**
 * The most that may be spent in a scope and period.
 *
 * @param pipeline the pipeline it is for; {@code *} for each of them; ignored where the scope has no pipeline
 * @param tenant   likewise
 * @param model    likewise
 */
public record Limit(Scope scope, String pipeline, String tenant, String model, Period period, BigDecimal usd) {

    /** Any pipeline, any tenant, any model. */
    public static final String ANY = "*";

    public Limit {
        Objects.requireNonNull(scope);
        Objects.requireNonNull(pipeline);
        Objects.requireNonNull(tenant);
        Objects.requireNonNull(model);
        Objects.requireNonNull(period);
        usd = Usd.checked(usd);
    }

    /** Whatever the pipeline. */
    public Limit(Scope scope, String tenant, String model, Period period, BigDecimal usd) {
        this(scope, ANY, tenant, model, period, usd);
    }
}
