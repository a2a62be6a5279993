import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;

/**
 * camel-kafka and camel-http as their pages show them: {@code consumersCount} consumers, each one record at a time.
 * {@code java CamelRoute BROKERS GROUP PROMPTS RESULTS BASE_URL CONSUMERS}
 */
public final class CamelRoute {

    private static final String BYTES = "org.apache.kafka.common.serialization.ByteArray";

    public static void main(String[] args) throws Exception {
        Main main = new Main();
        main.configure().addRoutesBuilder(new RouteBuilder() {
            @Override
            public void configure() {
                fromF("kafka:%s?brokers=%s&groupId=%s&autoOffsetReset=earliest&consumersCount=%s&keyDeserializer=%5$sDeserializer"
                        + "&valueDeserializer=%5$sDeserializer",
                        args[2], args[0], args[1], args[5], BYTES)
                        .setVariable("prompt", body())
                        .process(exchange -> exchange.getMessage().setBody(Enrich.request(exchange.getMessage().getBody(byte[].class))))
                        .setHeader("Content-Type", constant("application/json"))
                        .to(args[4] + "/chat/completions?httpMethod=POST")
                        .process(exchange -> exchange.getMessage().setBody(
                                Enrich.result(exchange.getVariable("prompt", byte[].class), exchange.getMessage().getBody(byte[].class))))
                        .toF("kafka:%s?brokers=%s&keySerializer=%3$sSerializer&valueSerializer=%3$sSerializer", args[3], args[0], BYTES);
            }
        });
        main.run();
    }
}
