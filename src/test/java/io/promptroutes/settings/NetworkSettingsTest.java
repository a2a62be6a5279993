package io.promptroutes.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptroutes.call.Network;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Isolated("sets options of the JVM")
final class NetworkSettingsTest {

    private static Network network(String address, Map<String, String> environment, Map<String, String> keys) {
        Map<String, String> all = new HashMap<>(keys);
        all.put("openrouter.base-url", address);
        return NetworkSettings.of(Settings.load(Path.of("nowhere"), Map.of(), all), environment);
    }

    @ParameterizedTest
    @CsvFileSource(resources = "proxies.csv")
    void theProxyIsThatOfKeysOptionsAndEnvironment(String set, String address, String proxy) {
        Map<String, String> environment = new HashMap<>();
        Map<String, String> keys = new HashMap<>();
        for (String one : set.isEmpty() ? new String[0] : set.split(" ")) {
            String[] parts = one.replaceFirst("^-D", "").split("=", 2);
            (one.startsWith("-D") ? keys : environment).put(parts[0], parts[1].replace("%20", " "));
        }
        Network network = network(address, environment, keys);
        assertThat(network.proxy() == null ? "-" : network.proxy().getHostName() + ":" + network.proxy().getPort()).isEqualTo(proxy);
    }

    @ParameterizedTest
    @CsvSource({"https, openrouter.ai, jvm:8", "https, eu.intern.example, -", "http, openrouter.ai, -"})
    void theJvmsOptionsCountBeforeTheEnvironment(String scheme, String host, String proxy) {
        System.setProperty("https.proxyHost", "jvm");
        System.setProperty("https.proxyPort", "8");
        System.setProperty("http.nonProxyHosts", "*.intern.example");
        try {
            Network network = network(scheme + "://" + host + "/v1", Map.of("FTP_PROXY", "http://env:1"), Map.of());
            assertThat(network.proxy() == null ? "-" : network.proxy().toHostString()).isEqualTo(proxy);
            assertThat(network("https://openrouter.ai", Map.of("HTTPS_PROXY", "http://env:1"), Map.of()).proxy().toHostString()).isEqualTo("jvm:8");
            assertThat(network("https://openrouter.ai", Map.of(), Map.of("openrouter.proxy", "key:7")).proxy().toHostString()).isEqualTo("key:7");
        } finally {
            System.getProperties().keySet().removeIf(key -> key.toString().matches("https?\\.(proxy|nonProxy).*"));
        }
    }

    /** Every socket of the JVM goes through that one by itself. */
    @Test
    void aProxyForSocksIsNoneForHttp() {
        System.setProperty("socksProxyHost", "socks");
        try {
            assertThat(network("https://openrouter.ai", Map.of(), Map.of()).proxy()).isNull();
        } finally {
            System.clearProperty("socksProxyHost");
        }
    }

    @ParameterizedTest
    @CsvSource({"http://ann:s3cret@p:1, ann, s3cret", "http://ann:p%40ss%2Fw%3A@p:1, ann, p@ss/w:", "ann:a@b/c#d@p:1, ann, a@b/c#d", "http://a%20nn:100%@p:1, a nn, 100%"})
    void userAndPasswordAreReadFromTheAddress(String address, String user, String password) {
        Network network = network("https://openrouter.ai", Map.of("HTTPS_PROXY", address), Map.of());
        assertThat(network.user()).isEqualTo(user);
        assertThat(network.password()).isEqualTo(password);
        assertThat(network.proxy().toHostString()).isEqualTo("p:1");
        assertThat(network.toString()).doesNotContain(password);
    }

    @Test
    void thePasswordMayBeAReference(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("password"), "of the file\n");
        assertThat(network("https://openrouter.ai", Map.of(), Map.of("openrouter.proxy", "http://ann@p:1", "openrouter.proxy-password", "file:" + file)).password())
                .isEqualTo("of the file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"socks5://ann:s3cret@p:1080", "https://ann:s3cret@p:1", "http://ann:s3cret@", "http://ann:s3cret@p:port", "http://ann:s3cret@p:1/pac"})
    void whatIsNoProxyIsRefusedByTheNameOfItsPlaceAndWithoutItsPassword(String address) {
        assertThatThrownBy(() -> network("https://openrouter.ai", Map.of("HTTPS_PROXY", address), Map.of()))
                .isInstanceOf(UsageException.class).hasMessageContaining("HTTPS_PROXY").hasMessageNotContaining("s3cret");
        assertThatThrownBy(() -> network("https://openrouter.ai", Map.of(), Map.of("openrouter.proxy", address)))
                .isInstanceOf(UsageException.class).hasMessageContaining("key openrouter.proxy").hasMessageNotContaining("s3cret");
        network("http://gateway.corp", Map.of("HTTPS_PROXY", address), Map.of()); // it is for another scheme
    }

    @Test
    void aUserWithoutAPasswordIsRefused() {
        assertThatThrownBy(() -> network("https://openrouter.ai", Map.of(), Map.of("openrouter.proxy", "http://ann@p:1")))
                .isInstanceOf(UsageException.class).hasMessageContaining("openrouter.proxy-password");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"})
    void aTrustStoreThatHoldsNoCertificateIsRefusedByName(String text, @TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("ca"), text);
        for (String wrong : new String[] {file.toString(), folder.resolve("none").toString()}) {
            assertThatThrownBy(() -> network("https://openrouter.ai", Map.of(), Map.of("openrouter.trust-store", wrong)))
                    .isInstanceOf(UsageException.class).hasMessageContaining("openrouter.trust-store").hasMessageContaining(wrong);
        }
    }
}
