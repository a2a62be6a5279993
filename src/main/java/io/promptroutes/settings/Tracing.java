package io.promptroutes.settings;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import java.util.List;
import java.util.Map;

/** Where spans go. */
public final class Tracing {

    private static final List<String> ASKS = List.of("OTEL_TRACES_EXPORTER", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
    /** OpenTelemetry's own defaults are gRPC, and metrics and logs as well. */
    private static final Map<String, String> DEFAULTS = Map.of("otel.service.name", "prompt-routes", "otel.exporter.otlp.protocol", "http/protobuf",
            "otel.metrics.exporter", "none", "otel.logs.exporter", "none");

    private Tracing() {
    }

    /** To the exporter that the standard variables name; nowhere, at no cost, where neither they nor the key ask for it. */
    static OpenTelemetry of(Settings settings) {
        String wanted = settings.choice("tracing.enabled", List.of("auto", "on", "off"));
        if (wanted.equals("off") || wanted.equals("auto") && ASKS.stream().noneMatch(System.getenv()::containsKey)) {
            return OpenTelemetry.noop();
        }
        try {
            return AutoConfiguredOpenTelemetrySdk.builder().disableShutdownHook().addPropertiesSupplier(() -> DEFAULTS).build().getOpenTelemetrySdk();
        } catch (ConfigurationException e) {
            throw new UsageException("tracing cannot be set up: " + e.getMessage() + " (OTEL_* in the environment, key tracing.enabled)", e);
        }
    }
}
