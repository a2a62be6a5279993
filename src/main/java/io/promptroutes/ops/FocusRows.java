package io.promptroutes.ops;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.ledger.DailyUse;
import io.promptroutes.model.Usd;
import io.promptroutes.prompt.Json;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The ledger's figures by the FinOps Open Cost and Usage Specification (FOCUS) 1.2: its mandatory columns, those others that a ledger can fill, and behind them
 * columns of our own ({@code x_}). A row is what a day came to for a model, a tenant and a pipeline. Stateless.
 *
 * @param provider that sells the calls @param account that it bills
 */
public record FocusRows(String provider, String account) {

    private static final String TOKENS = "Tokens";

    /** What a row is for. */
    private record Place(LocalDate day, String model, String tenant, String pipeline) {

        private static final Comparator<Place> ORDER = Comparator.comparing(Place::day).thenComparing(Place::model).thenComparing(Place::tenant).thenComparing(Place::pipeline);
    }

    /** What it came to. */
    private record Sum(long calls, BigDecimal usd, BigDecimal uncertain, long in, long out) {

        private Sum and(Sum more) {
            return new Sum(calls + more.calls, usd.add(more.usd), uncertain.add(more.uncertain), in + more.in, out + more.out);
        }
    }

    public List<ObjectNode> of(List<DailyUse> uses) {
        Map<Place, Sum> sums = new TreeMap<>(Place.ORDER);
        uses.stream().filter(use -> !use.source().equals(DailyUse.RUNNING)).forEach(use -> sums.merge(new Place(use.day(), use.model(), use.tenant(), use.pipeline()),
                new Sum(use.calls(), use.usd(), use.uncertainUsd(), use.tokensIn(), use.tokensOut()), Sum::and));
        return sums.entrySet().stream().filter(row -> row.getValue().calls() > 0).map(row -> row(row.getKey(), row.getValue())).toList();
    }

    private ObjectNode row(Place place, Sum sum) {
        LocalDate month = place.day().withDayOfMonth(1);
        BigDecimal usd = Usd.of(sum.usd());
        int author = place.model().indexOf('/');
        ObjectNode row = Json.MAPPER.createObjectNode();
        row.put("BilledCost", usd);
        row.put("BillingAccountId", account);
        row.putNull("BillingAccountName");
        row.put("BillingCurrency", "USD");
        row.put("BillingPeriodEnd", midnight(month.plusMonths(1)));
        row.put("BillingPeriodStart", midnight(month));
        row.put("ChargeCategory", "Usage");
        row.putNull("ChargeClass");
        row.put("ChargeDescription", place.model() + ": " + sum.calls() + " calls, " + sum.in() + " tokens in, " + sum.out() + " out");
        row.put("ChargeFrequency", "Usage-Based");
        row.put("ChargePeriodEnd", midnight(place.day().plusDays(1)));
        row.put("ChargePeriodStart", midnight(place.day()));
        row.put("ConsumedQuantity", sum.in() + sum.out());
        row.put("ConsumedUnit", TOKENS);
        row.put("ContractedCost", usd);
        row.put("EffectiveCost", usd);
        row.put("InvoiceIssuerName", provider);
        row.put("ListCost", usd);
        row.put("PricingQuantity", sum.in() + sum.out());
        row.put("PricingUnit", TOKENS);
        row.put("ProviderName", provider);
        row.put("PublisherName", author > 0 ? place.model().substring(0, author) : provider);
        row.put("ServiceCategory", "AI and Machine Learning");
        row.put("ServiceName", provider);
        row.put("ServiceSubcategory", "Generative AI");
        row.put("Tags", Json.MAPPER.createObjectNode().put("pipeline", place.pipeline()).put("tenant", place.tenant()).toString());
        row.put("x_CompletionTokens", sum.out());
        row.put("x_Model", place.model());
        row.put("x_PromptTokens", sum.in());
        row.put("x_Requests", sum.calls());
        row.put("x_UncertainCost", Usd.of(sum.uncertain()));
        return row;
    }

    private static String midnight(LocalDate day) {
        return day + "T00:00:00Z";
    }
}
