package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway of a company's that asks whoever calls for a certificate: keys openrouter.key-store and openrouter.trust-store. */
final class MutualTlsTest {

    private static final String PASSWORD = "st0re-s3cret";

    @TempDir
    private static Path folder;
    private static HttpsServer gateway;
    private static final Set<String> CALLERS = new ConcurrentSkipListSet<>();

    @BeforeAll
    static void start() throws Exception {
        for (String name : List.of("gateway", "service")) {
            keytool("-genkeypair", "-keyalg", "EC", "-dname", "CN=" + name, "-ext", "bc:c", "-ext", "san=dns:localhost", "-validity", "2", "-storetype", "PKCS12",
                    "-keystore", name + ".p12", "-storepass", PASSWORD, "-alias", name);
            keytool("-exportcert", "-rfc", "-keystore", name + ".p12", "-storepass", PASSWORD, "-alias", name, "-file", name + ".pem");
        }
        keytool("-importcert", "-noprompt", "-storetype", "PKCS12", "-keystore", "trust.p12", "-storepass", PASSWORD, "-alias", "service", "-file", "service.pem");
        Files.writeString(folder.resolve("password"), PASSWORD + "\n");
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(KeyStore.getInstance(folder.resolve("gateway.p12").toFile(), PASSWORD.toCharArray()), PASSWORD.toCharArray());
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(KeyStore.getInstance(folder.resolve("trust.p12").toFile(), PASSWORD.toCharArray()));
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
        gateway = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        gateway.setHttpsConfigurator(new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters asking = context.getDefaultSSLParameters();
                asking.setNeedClientAuth(true);
                parameters.setSSLParameters(asking);
            }
        });
        gateway.createContext("/", exchange -> {
            CALLERS.add(((HttpsExchange) exchange).getSSLSession().getPeerPrincipal().getName());
            byte[] answer = (exchange.getRequestURI().getPath().endsWith("/key") ? "{\"data\":{\"label\":\"x\",\"limit_remaining\":5}}" : models()).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        gateway.start();
    }

    private static String models() throws IOException {
        return new String(MutualTlsTest.class.getResourceAsStream("/io/promptroutes/models.json").readAllBytes(), StandardCharsets.UTF_8);
    }

    @AfterAll
    static void stop() {
        gateway.stop(0);
    }

    private static void keytool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    private static String ask(int code, Map<String, String> more) {
        Map<String, String> keys = new TreeMap<>(Map.of("openrouter.base-url", "https://localhost:" + gateway.getAddress().getPort() + "/api/v1", "openrouter.api-key", "k",
                "openrouter.trust-store", folder.resolve("gateway.pem").toString(), "ledger.directory", folder.resolve("none").toString(), "openrouter.proxy", "none"));
        keys.putAll(more);
        List<String> line = new ArrayList<>(List.of("test"));
        keys.forEach((key, value) -> line.addAll(List.of("-D", key + "=" + value)));
        StringWriter said = new StringWriter();
        assertThat(PromptRoutes.execute(line.toArray(String[]::new), new PrintWriter(said), new PrintWriter(said))).as(said.toString()).isEqualTo(code);
        return said.toString();
    }

    private static Map<String, String> own(String store, String password) {
        return Map.of("openrouter.key-store", folder.resolve(store).toString(), "openrouter.key-store-password", password);
    }

    @Test
    void aCallerWithItsCertificateIsLetIn() {
        ask(0, own("service.p12", "file:" + folder.resolve("password")));
        assertThat(CALLERS).containsExactly("CN=service");
    }

    @Test
    void aCallerWithoutOneIsNot() {
        ask(3, Map.of());
    }

    @Test
    void aStoreThatCannotBeUsedIsExit2AndNamesItsKey() {
        for (Map<String, String> wrong : List.of(own("none.p12", PASSWORD), own("service.p12", "wr0ng-s3cret"), own("service.pem", PASSWORD), own("trust.p12", PASSWORD))) {
            assertThat(ask(2, wrong)).contains("openrouter.key-store", wrong.get("openrouter.key-store")).doesNotContain("s3cret");
        }
    }
}
