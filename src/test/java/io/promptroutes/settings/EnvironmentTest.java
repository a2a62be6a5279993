package io.promptroutes.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptroutes.ops.KeyOrigins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every key from a variable, or from the file that a variable names; and where each came from, which is told without what it is. */
final class EnvironmentTest {

    private static final String CANARY = "c4nary-s3cret";

    @TempDir
    private Path folder;

    private Settings settings(String... variables) {
        Map<String, String> environment = new HashMap<>();
        for (int i = 0; i < variables.length; i += 2) {
            environment.put(variables[i], variables[i + 1]);
        }
        return Settings.load(folder, environment, Map.of());
    }

    private String file(String text) throws IOException {
        return Files.writeString(folder.resolve("secret"), text).toString();
    }

    @ParameterizedTest
    @CsvSource({"LEDGER_PASSWORD, ledger.password", "OPENROUTER_API_KEY, openrouter.api-key", "OPENROUTER_MANAGEMENT_KEY, openrouter.management-key",
        "OPENROUTER_PROXY_PASSWORD, openrouter.proxy-password", "OPENROUTER_TRUST_STORE_PASSWORD, openrouter.trust-store-password", "HTTP_TOKEN, http.token",
        "MANAGEMENT_TOKEN, management.token"})
    void aSecretsFileIsNamedAndReadWhenItIsNeeded(String variable, String key) throws IOException {
        String file = file(CANARY + "\n");
        Settings settings = settings(variable + "_FILE", file);
        assertThat(settings.text(key)).isEqualTo("file:" + file);
        assertThat(Secret.of(settings.text(key)).get()).isEqualTo(CANARY);
        file("rotated");
        assertThat(Secret.of(settings.text(key)).get()).isEqualTo("rotated");
        assertThat(settings.where(key)).isEqualTo("the environment, variable " + variable + "_FILE");
        assertThat(settings.given(key)).isTrue();
    }

    @Test
    void anyOtherKeyHasWhatIsInTheFile() throws IOException {
        assertThat(settings("KAFKA_BROKERS_FILE", file(" b:9092\n")).text("kafka.brokers")).isEqualTo("b:9092");
        assertThat(settings("OPENROUTER_PROXY_FILE", file("http://ann:" + CANARY + "@p:1\n")).text("openrouter.proxy")).isEqualTo("http://ann:" + CANARY + "@p:1");
        assertThat(settings("OPENROUTER_PROVIDER_ORDER_FILE", file("[\"a\"]")).text("openrouter.provider.order")).isEqualTo("[\"a\"]");
        assertThat(settings("KAFKA_BROKERS_FILE", "").text("kafka.brokers")).as("empty is not set").isEqualTo("localhost:9092");
    }

    @Test
    void kafkasPropertiesAreReadFromVariablesAndFiles() throws IOException {
        String file = file("org.apache.kafka.common.security.plain.PlainLoginModule required password=\"" + CANARY + "\";\n");
        Map<String, String> client = settings("KAFKA_CLIENT_SASL_JAAS_CONFIG_FILE", file, "KAFKA_CLIENT_SECURITY_PROTOCOL", "SASL_SSL",
                "KAFKA_CLIENT_SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL", "file:/somewhere").kafkaClient();
        assertThat(client.get("sasl.jaas.config")).endsWith("\"" + CANARY + "\";");
        assertThat(client).containsEntry("security.protocol", "SASL_SSL").containsEntry("sasl.oauthbearer.token.endpoint.url", "file:/somewhere").hasSize(3);
    }

    /** Such as {@code registry: "https://ann:{{letters.password}}@registry"}. */
    @Test
    void keysOfOnesOwnRoutesAreReadToo() throws IOException {
        Files.createDirectories(folder.resolve("routes"));
        Files.writeString(folder.resolve("routes/mine.camel.yaml"), "- route: { from: { uri: 'direct:{{letters.password}}{{path}}{{my.greeting:hello}}', steps: [] } }\n");
        Settings settings = settings("LETTERS_PASSWORD_FILE", file(CANARY), "PATH", "/bin", "MY_GREETING", "hi");
        assertThat(settings.properties()).containsEntry("letters.password", CANARY).containsEntry("my.greeting", "hi").doesNotContainKey("path");
    }

    @Test
    void theSameKeyTwiceAndAFileThatIsNotThereAreRefusedWithoutAValue() throws IOException {
        String file = file(CANARY);
        for (String variable : new String[] {"LEDGER_PASSWORD", "OPENROUTER_API_KEY", "KAFKA_CLIENT_SSL_KEY_PASSWORD", "KAFKA_BROKERS"}) {
            assertThatThrownBy(() -> settings(variable, CANARY, variable + "_FILE", file)).isInstanceOf(UsageException.class)
                    .hasMessageContaining("both " + variable + " and " + variable + "_FILE").hasMessageNotContaining(CANARY);
        }
        assertThatThrownBy(() -> settings("KAFKA_BROKERS_FILE", "/none")).isInstanceOf(UsageException.class).hasMessageContaining("KAFKA_BROKERS_FILE", "/none");
        assertThatThrownBy(() -> settings("KAFKA_CLIENT_SASL_JAAS_CONFIG_FILE", "/none").kafkaClient()).isInstanceOf(UsageException.class)
                .hasMessageContaining("kafka.client.sasl.jaas.config");
    }

    @Test
    void whereEachKeyCameFromIsToldAndNotWhatItIs() throws IOException {
        String file = file(CANARY);
        Files.writeString(folder.resolve("application.properties"), "# mine\nledger.password=" + CANARY + "\nhttp.token=file:/none\nkafka.brokers=b:1\n");
        Settings settings = Settings.load(folder, Map.of("OPENROUTER_API_KEY_FILE", file, "KAFKA_CLIENT_SASL_JAAS_CONFIG", CANARY, "OPENROUTER_MANAGEMENT_KEY", CANARY),
                Map.of("management.token", CANARY, "openrouter.proxy", "none"));
        assertThat(new KeyOrigins(settings, Map.of("HTTPS_PROXY", "http://ann:" + CANARY + "@p:1")).lines()).containsExactly(
                "http.token: " + folder.resolve("application.properties") + " line 3, which names file /none, which is not there or cannot be read",
                "kafka.brokers: " + folder.resolve("application.properties") + " line 4",
                "kafka.client.sasl.jaas.config: the environment, variable KAFKA_CLIENT_SASL_JAAS_CONFIG",
                "ledger.password: " + folder.resolve("application.properties") + " line 2",
                "management.token: the command line, where others on this machine can read it; give env:NAME or file:PATH",
                "openrouter.api-key: the environment, variable OPENROUTER_API_KEY_FILE, which names file " + file,
                "openrouter.management-key: variable OPENROUTER_MANAGEMENT_KEY, which is not set", // of this process
                "openrouter.proxy: the command line, where others on this machine can read it; give env:NAME or file:PATH");
        assertThat(new KeyOrigins(settings(), Map.of("HTTPS_PROXY", "http://ann:" + CANARY + "@p:1")).lines()).endsWith("the proxy: variable HTTPS_PROXY");
    }
}
