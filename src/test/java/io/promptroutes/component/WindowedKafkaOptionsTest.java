package io.promptroutes.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptroutes.app.Engines;
import io.promptroutes.cli.ScriptedServer;
import java.util.Map;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.kafka.DefaultKafkaClientFactory;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.camel.impl.engine.DefaultClassResolver;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Options of {@code windowed-kafka:}, as far as no broker is needed for them. */
@Timeout(60)
class WindowedKafkaOptionsTest {

    @AutoClose
    private static final ScriptedServer SERVER = new ScriptedServer();
    @AutoClose
    private static final Engines ENGINES = StepsUnderTest.engines(SERVER, null, Map.of());
    @AutoClose
    private StepsUnderTest steps;

    @BeforeEach
    void open() {
        steps = StepsUnderTest.beside(ENGINES).kafka("127.0.0.1:1");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', value = {
        "windowed-kafka:in | groupId is missing",
        "windowed-kafka:?groupId=g | topic",
        "windowed-kafka:in?groupId=g&batching=true | batching",
        "windowed-kafka:in?groupId=g&breakOnFirstError=true | breakOnFirstError",
        "windowed-kafka:in?groupId=g&order=random | order",
        "windowed-kafka:in?groupId=g&nothing=1 | nothing",
        "windowed-kafka:in?groupId=g&workers=0 | workers",
        "windowed-kafka:in?groupId=g&retries=-1 | retries",
        "windowed-kafka:in?groupId=g&inFlight=-1 | inFlight",
        "windowed-kafka:in?groupId=g&topicPattern=in-( | topicPattern",
        "windowed-kafka:in?groupId=g&registry=registry:8081 | option registry must be the URL of a schema registry",
        "windowed-kafka:in?groupId=g&registry= | option registry",
    })
    void whatCannotBeUsedStopsTheStart(String address, String words) {
        assertThatThrownBy(() -> steps.start(new RouteBuilder() {
            @Override
            public void configure() {
                from(address).routeId("letters").to("prompt:letters");
            }
        })).hasStackTraceContaining(words).hasStackTraceContaining("windowed-kafka");
    }

    /** An application takes Avro along where it reads it. */
    @Test
    void withoutAvroTheOptionSaysWhatIsMissingAndNothingElseNeedsIt() throws Exception {
        steps.camel().setClassResolver(new DefaultClassResolver(steps.camel()) {
            @Override
            public Class<?> resolveClass(String name) {
                return name.startsWith("org.apache.avro.") ? null : super.resolveClass(name);
            }
        });
        assertThatThrownBy(() -> steps.camel().getEndpoint("windowed-kafka:in?groupId=g&registry=http://h").createConsumer(exchange -> { }))
                .hasMessage("windowed-kafka://in: option registry needs Avro: put org.apache.avro:avro on the class path");
        assertThat(steps.camel().getEndpoint("windowed-kafka:in?groupId=g").createConsumer(exchange -> { })).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://anna:se-cret@h&workers=0", "RAW(http://anna:se-cret@h)&workers=0", "RAW(http://anna:se-cret@h)&nothing=1", "RAW(http://anna:se-cret@h)&order=random",
        "RAW(http://anna:se-cret@h?x)", "RAW(http://anna:se-cret@h)&inFlight=many"})
    void aPasswordInAnAddressIsNotTold(String options) {
        assertThatThrownBy(() -> steps.start(new RouteBuilder() {
            @Override
            public void configure() {
                from("windowed-kafka:in?groupId=g&registry=" + options).routeId("letters").to("prompt:letters");
            }
        })).satisfies(failure -> assertThat(ExceptionUtils.getStackTrace(failure)).contains("windowed-kafka").doesNotContain("se-cret"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"workers: 0", "nothing: 1", "order: random", "inFlight: many"})
    void norIsThatInARouteFile(String wrong) {
        assertThatThrownBy(() -> steps.yaml("""
                - route:
                    id: letters
                    from:
                      uri: windowed-kafka:in
                      parameters:
                        groupId: g
                        registry: "http://anna:se-cret@h"
                        WRONG
                      steps:
                        - to: mock:out
                """.replace("WRONG", wrong))).satisfies(failure -> assertThat(ExceptionUtils.getStackTrace(failure)).contains("windowed-kafka").doesNotContain("se-cret"));
    }

    @Test
    void itIsNoSink() {
        assertThatThrownBy(() -> steps.start(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:in").to("windowed-kafka:out?groupId=g");
            }
        })).hasStackTraceContaining("send to kafka:out");
    }

    /** Its options are its own: a route of {@code kafka:} beside it is as it ever was. */
    @Test
    void clientsOfOtherRoutesAreLeftAlone() throws Exception {
        steps.start(new RouteBuilder() {
            @Override
            public void configure() {
                from("windowed-kafka:in?groupId=g&additionalProperties.max.partition.fetch.bytes=1000").routeId("letters").autoStartup(false).to("prompt:letters");
                from("kafka:in?groupId=h").routeId("plain").autoStartup(false).to("mock:out");
            }
        });
        KafkaConfiguration windowed = steps.camel().getEndpoints().stream()
                .filter(WindowedKafkaEndpoint.class::isInstance).map(WindowedKafkaEndpoint.class::cast).findFirst().orElseThrow()
                .getConfiguration();
        KafkaEndpoint plain = steps.camel().getEndpoint("kafka:in?groupId=h", KafkaEndpoint.class);

        assertThat(windowed.isAllowManualCommit()).isTrue();
        assertThat(windowed.getBrokers()).isEqualTo("127.0.0.1:1");
        assertThat(windowed.getAdditionalProperties()).containsEntry("max.partition.fetch.bytes", "1000").containsEntry("isolation.level", "read_committed");
        assertThat(plain.getConfiguration().isAllowManualCommit()).isFalse();
        assertThat(plain.getConfiguration().getAdditionalProperties()).isEmpty();
        assertThat(plain.getKafkaClientFactory()).isExactlyInstanceOf(DefaultKafkaClientFactory.class);
        assertThat(plain.getKafkaManualCommitFactory()).isNull();
    }
}
