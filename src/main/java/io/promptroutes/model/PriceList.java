package io.promptroutes.model;

import io.promptroutes.prompt.Json;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What a model costs and who says so: the catalogue, else the configured prices, else the configured price of an unknown model.
 * A catalogue price that depends on something (a router's) counts as unknown. Thread-safe.
 */
public final class PriceList {

    private static final String PREFIX = "prices.";
    private static final String UNKNOWN = "unknown";

    private final Catalogue catalogue;
    private final Map<String, Price> configured = new HashMap<>();
    private final Price unknown;
    private final boolean keysFirst;

    /** Who says what a model costs. */
    public enum Origin {
        CATALOGUE, CONFIGURED, UNKNOWN
    }

    /** A price that is always known, and who says so. */
    public record Entry(Price price, Origin origin) {
    }

    /**
     * @param settings those whose key starts with {@code prices.} hold {@code IN/OUT} in USD per million tokens; the others are not read
     * @throws IllegalArgumentException for a price that cannot be read; it names the key
     */
    public PriceList(Catalogue catalogue, Map<String, String> settings) {
        this(catalogue, settings, false);
    }

    /** @param keysFirst whether settings beat the catalogue, which is not that of the service */
    public PriceList(Catalogue catalogue, Map<String, String> settings, boolean keysFirst) {
        this.catalogue = catalogue;
        this.keysFirst = keysFirst;
        settings.forEach((key, value) -> {
            if (key.startsWith(PREFIX)) {
                configured.put(key.substring(PREFIX.length()), parse(key, value));
            }
        });
        Price given = configured.remove(UNKNOWN);
        unknown = given != null ? given : Price.perMillion(BigDecimal.ONE, BigDecimal.ONE);
    }

    public Entry of(String model) {
        Price listed = catalogue.find(model).map(Model::price).filter(Price::known).orElse(null);
        Price price = model == null || listed != null && !keysFirst ? null : configured(model);
        if (price != null) {
            return new Entry(price, Origin.CONFIGURED);
        }
        return listed != null ? new Entry(listed, Origin.CATALOGUE) : new Entry(unknown, Origin.UNKNOWN);
    }

    private Price configured(String model) {
        return Stream.of(model, ModelNames.withoutDynamicVariant(model), model.substring(model.indexOf('/') + 1))
                .map(configured::get).filter(Objects::nonNull).findFirst().orElse(null);
    }

    private static Price parse(String key, String value) {
        String[] parts = value.split("/", -1);
        BigDecimal in = Json.number(parts[0]);
        BigDecimal out = Json.number(parts[parts.length - 1]);
        if (parts.length == 2 && in != null && out != null && Usd.plausible(in) && Usd.plausible(out)) {
            return Price.perMillion(in, out);
        }
        throw new IllegalArgumentException(key + " must be IN/OUT in USD per million tokens, such as 0.25/1.00");
    }
}
