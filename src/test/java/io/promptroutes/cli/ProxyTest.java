package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A company's network: whatever a command asks goes by its proxy, which may open TLS with a certificate of its own. */
@Execution(ExecutionMode.CONCURRENT)
final class ProxyTest {

    private static final String SECRET = "pr0xy-s3cret";
    private static final String BASIC = "Basic " + Base64.getEncoder().encodeToString(("ann:" + SECRET).getBytes(StandardCharsets.UTF_8));

    @TempDir
    private static Path certificates;
    private static SSLContext company;

    @TempDir
    private Path folder;
    private ScriptedServer server;
    private ForwardProxy proxy;

    @BeforeAll
    static void makeACompanysCertificate() throws Exception {
        keytool("-genkeypair", "-keyalg", "EC", "-dname", "CN=Company CA", "-ext", "bc:c", "-ext", "san=dns:models.example", "-validity", "2",
                "-storetype", "PKCS12", "-keystore", "server.p12", "-storepass", "changeit", "-alias", "a");
        keytool("-exportcert", "-rfc", "-keystore", "server.p12", "-storepass", "changeit", "-alias", "a", "-file", "ca.pem");
        for (String type : List.of("PKCS12", "JKS")) {
            keytool("-importcert", "-noprompt", "-storetype", type, "-keystore", "trust." + type, "-storepass", "changeit", "-alias", "ca", "-file", "ca.pem");
        }
        Files.writeString(certificates.resolve("bundle.pem"), "# of the company\n" + Files.readString(certificates.resolve("ca.pem")));
        KeyStore own = KeyStore.getInstance(certificates.resolve("server.p12").toFile(), "changeit".toCharArray());
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, "changeit".toCharArray());
        company = SSLContext.getInstance("TLS");
        company.init(keys.getKeyManagers(), null, null);
    }

    private static void keytool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).directory(certificates.toFile()).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    @BeforeEach
    void start() throws IOException {
        server = new ScriptedServer();
        server.models(new String(ProxyTest.class.getResourceAsStream("/io/promptroutes/models.json").readAllBytes(), StandardCharsets.UTF_8));
        server.document("/key", "{\"data\":{\"label\":\"of the test\",\"limit_remaining\":5}}");
        server.document("/credits", "{\"data\":{\"total_credits\":5,\"total_usage\":1}}");
        proxy = new ForwardProxy(server.port(), company);
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        server.close();
    }

    private record Ended(int code, String said) {
    }

    private Ended execute(Map<String, String> keys, String... arguments) {
        Map<String, String> all = new HashMap<>(Map.of("openrouter.api-key", "file:" + folder.resolve("key"), "ledger.directory", folder.resolve("data").toString(),
                "catalogue.copy", folder.resolve("models.json").toString(), "pause.max", "0s", "pause.first-look", "100ms", "pipelines", "http"));
        all.putAll(keys);
        List<String> line = new ArrayList<>(List.of(arguments));
        all.forEach((key, value) -> line.addAll(List.of("-D", key + "=" + value)));
        StringWriter said = new StringWriter();
        try {
            Files.writeString(folder.resolve("key"), RoutesUnderTest.KEY);
            Files.writeString(folder.resolve("in.jsonl"), "{\"id\":\"a\",\"prompt\":\"Hello\"}\n");
            int code = PromptRoutes.execute(line.toArray(String[]::new), new PrintWriter(said), new PrintWriter(said));
            return new Ended(code, said.toString());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private Ended batch(Map<String, String> keys) {
        return execute(keys, "batch", folder.resolve("in.jsonl").toString(), "--out", folder.resolve("out").toString());
    }

    private Map<String, String> by(String scheme, String user) {
        return Map.of("openrouter.base-url", scheme + "://models.example/api/v1", "openrouter.proxy", "http://" + user + "127.0.0.1:" + proxy.port());
    }

    private static Map<String, String> with(Map<String, String> keys, String... more) {
        Map<String, String> all = new HashMap<>(keys);
        for (int i = 0; i < more.length; i += 2) {
            all.put(more[i], more[i + 1]);
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "https"})
    void everyCommandGoesByTheProxy(String scheme) throws Exception {
        proxy.wanting(BASIC);
        Map<String, String> keys = with(by(scheme, "ann:" + SECRET + "@"), "openrouter.trust-store", certificates.resolve("ca.pem").toString(),
                "openrouter.management-key", "file:" + folder.resolve("key"), "management.port", "");
        String target = scheme.equals("http") ? "http://models.example" : "CONNECT models.example:443";
        for (String command : List.of("test", "check", "models", "ask Hello")) {
            int before = proxy.asked().size();
            Ended ended = execute(keys, command.split(" "));
            assertThat(ended.said()).as(command).doesNotContain("cannot", SECRET);
            assertThat(proxy.asked().subList(before, proxy.asked().size())).as(command).isNotEmpty().allSatisfy(line -> assertThat(line).contains(target));
        }
        Ended batch = batch(keys);
        assertThat(batch.code()).as(batch.said()).isZero();
        assertThat(batch.said()).doesNotContain(SECRET);
        assertThat(server.calls()).hasSize(2).allSatisfy(call -> assertThat(call.headers().keySet()).noneMatch(name -> name.startsWith("Proxy")));
        try (RoutesUnderTest routes = RoutesUnderTest.start(scheme + "://models.example/api/v1", keys)) {
            assertThat(routes.ask("{\"prompt\":\"Hello\"}").path("status").asText()).isEqualTo("success");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ca.pem", "bundle.pem", "trust.PKCS12", "trust.JKS"})
    void aCompanysCaIsReadInAnyForm(String file) {
        Ended test = execute(with(by("https", ""), "openrouter.trust-store", certificates.resolve(file).toString(), "openrouter.trust-store-password", "changeit"), "test");
        assertThat(test.code()).as(test.said()).isZero();
    }

    @Test
    void aServerOfThisMachineIsNeverReachedByAProxy() {
        Ended test = execute(Map.of("openrouter.base-url", server.baseUrl(), "openrouter.proxy", "http://127.0.0.1:" + proxy.port()), "test");
        assertThat(test.code()).as(test.said()).isZero();
        assertThat(proxy.asked()).isEmpty();
    }

    static Stream<Arguments> networks() {
        return Stream.of(
                Arguments.of("the proxy asks for a user", Map.of(), 0, List.of("407", "openrouter.proxy-password")),
                Arguments.of("it refuses the host", Map.of(), 403, List.of("refuses", "403")),
                Arguments.of("it cannot reach the host", Map.of(), 502, List.of("refuses", "502")),
                Arguments.of("there is no such proxy", Map.of("openrouter.proxy", "http://ann:" + SECRET + "@proxy.invalid:3128"), 0, List.of("the proxy proxy.invalid:3128", "NO_PROXY")),
                Arguments.of("nobody is at its port", Map.of("openrouter.proxy", "http://ann:" + SECRET + "@127.0.0.1:" + free()), 0, List.of("the proxy 127.0.0.1", "cannot be reached")),
                Arguments.of("TLS is opened by somebody unknown", Map.of("openrouter.trust-store", ""), -1, List.of("the certificate of models.example is not trusted", "openrouter.trust-store")),
                Arguments.of("the certificate is another host's", Map.of("openrouter.base-url", "https://other.example/api/v1"), -1,
                        List.of("the certificate of other.example is not trusted")));
    }

    private static int free() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @param answers of the proxy; 0 where it wants a user, below 0 where it lets all through */
    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void aNetworkThatDoesNotLeadThereIsToldAndIsNoPromptsFault(String name, Map<String, String> keys, int answers, List<String> told) throws Exception {
        if (answers >= 0) {
            proxy.wanting(answers == 0 ? BASIC : null).refusing(answers);
        }
        Map<String, String> all = with(by("https", ""), "openrouter.trust-store", certificates.resolve("ca.pem").toString());
        all.putAll(keys);
        for (String command : List.of("test", "check")) {
            Ended ended = execute(all, command);
            assertThat(ended.code()).as(ended.said()).isNotZero();
            assertThat(ended.said()).as(command).contains(told).doesNotContain(SECRET);
        }
        Ended batch = batch(all);
        assertThat(batch.code()).as(batch.said()).isEqualTo(ExitCodes.STOPPED);
        assertThat(batch.said()).contains(told).doesNotContain(SECRET);
        assertThat(folder.resolve("out/dead-letters.jsonl")).isEmptyFile();
        assertThat(folder.resolve("out/costs.jsonl")).isEmptyFile();
    }

    @Test
    void aProxyThatRefusesWithoutATunnelIsNoPromptsFaultEither() {
        proxy.wanting(BASIC);
        Ended batch = batch(by("http", "ann:wrong-s3cret@"));
        assertThat(batch.code()).as(batch.said()).isEqualTo(ExitCodes.STOPPED);
        assertThat(batch.said()).contains("407").doesNotContain("wrong-s3cret");
        assertThat(folder.resolve("out/dead-letters.jsonl")).isEmptyFile();
    }

    @Test
    void aProxyIsWrongBeforeAnythingIsCalled() {
        for (String command : List.of("batch", "test", "run", "check")) {
            String[] line = command.equals("batch") ? new String[] {"batch", folder.resolve("in.jsonl").toString(), "--out", folder.resolve("out").toString()} : new String[] {command};
            Ended ended = execute(Map.of("openrouter.proxy", "socks5://ann:" + SECRET + "@p:1"), line);
            assertThat(ended.code()).as(command).isEqualTo(ExitCodes.USAGE);
            assertThat(ended.said()).as(command).contains("key openrouter.proxy must name a proxy").doesNotContain(SECRET);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "http://a b", "ftp://x"})
    void anAddressThatIsNoneIsOneFinding(String address) {
        Ended check = execute(Map.of("openrouter.base-url", address), "check", "--offline");
        assertThat(check.said()).contains("key openrouter.base-url is \"" + address + "\"", "1 to mend");
    }

    /** It may take the connection and say nothing more: the call's own clock ends that. */
    @Test
    void aProxyThatIsSilentHoldsNobodyUp() throws Exception {
        try (ServerSocket silent = new ServerSocket(0)) {
            Map<String, String> keys = Map.of("openrouter.proxy", "http://127.0.0.1:" + silent.getLocalPort(), "openrouter.timeout", "300ms", "retry.provider-error.calls", "1",
                    "prompts.deadline", "3s", "openrouter.connect-timeout", "500ms");
            JsonNode outcome;
            try (RoutesUnderTest routes = RoutesUnderTest.start("https://models.example/api/v1", keys)) {
                outcome = routes.ask("{\"prompt\":\"Hello\",\"model\":\"openai/gpt-4.1\"}");
            }
            assertThat(outcome.path("error").path("code").asText()).isEqualTo("timeout");
        }
    }
}
