package io.promptroutes.simulator;

import static io.promptroutes.simulator.SimulatorClient.json;
import static io.promptroutes.simulator.SimulatorClient.request;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class SimulatorAccessTest {

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {
        "-,               No auth credentials found",
        "Basic abc,       No auth credentials found",
        "Bearer sk-wrong, User not found.",
    })
    void refusesAMissingAndAWrongKey(String authorization, String message) throws Exception {
        try (SimulatorClient client = new SimulatorClient("key=sk-right")) {
            String request = request("acme/small", "Hello").toString();
            for (HttpResponse<String> response : List.of(client.post(request, authorization), client.get("/key", authorization))) {
                assertThat(json(response).at("/error/message").asText()).startsWith(message);
                assertRefused(response, 401);
            }
            assertThat(client.post(request, "Bearer sk-right").statusCode()).isEqualTo(200);
            assertThat(client.simulator.bill().completions()).isEqualTo(1);
        }
    }

    @Test
    void refusesEveryKeyFromAGivenRequestOnUntilConfiguredAnew() throws Exception {
        try (SimulatorClient client = new SimulatorClient("key-refused-after=3")) {
            assertThat(client.complete("acme/small").statusCode()).isEqualTo(200);
            assertThat(client.complete("acme/small").statusCode()).isEqualTo(200);
            assertThat(client.get("/key", "Bearer sk-test").statusCode()).isEqualTo(200);
            assertThat(client.complete("acme/small").statusCode()).isEqualTo(401);
            assertThat(client.get("/key", "Bearer sk-test").statusCode()).isEqualTo(401);

            client.simulator.configure(SimulatorClient.config());
            assertThat(client.complete("acme/small").statusCode()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{                                                              | JSON",
        "[]                                                             | JSON",
        "{\"model\":\"acme/small\"}                                     | messages",
        "{\"model\":\"acme/small\",\"messages\":[]}                     | messages",
        "{\"model\":\"acme/small\",\"messages\":[{\"content\":\"x\"}]}  | role",
        "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}         | model",
        "{\"models\":[\"a\",\"b\",\"c\",\"d\"],\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}             | 3 items or fewer",
        "{\"model\":\"acme/small\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}         | stream",
        "{\"model\":\"acme/small\",\"max_tokens\":0,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}        | max_tokens",
        "{\"model\":\"acme/small\",\"max_tokens\":\"many\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]} | max_tokens",
    })
    void refusesABadRequestAndSaysWhy(String body, String why) throws Exception {
        try (SimulatorClient client = new SimulatorClient()) {
            HttpResponse<String> response = client.post(body, "Bearer sk-test");

            assertRefused(response, 400);
            assertThat(json(response).at("/error/message").asText()).contains(why);
            assertThat(client.simulator.bill()).extracting(Bill::requests, Bill::inFlight, Bill::completions).containsExactly(1L, 0L, 0L);
        }
    }

    @ParameterizedTest
    @CsvSource({"/credits, 403", "/generation, 404", "/nothing, 404", "x, 404"})
    void refusesOtherLookUps(String path, int status) throws Exception {
        try (SimulatorClient client = new SimulatorClient()) {
            assertRefused(client.get(path, "Bearer sk-test"), status);
        }
    }

    @Test
    void marksEvenTheAnswerToWhatIsNotHttp() throws Exception {
        try (SimulatorClient client = new SimulatorClient();
                Socket socket = new Socket("127.0.0.1", client.simulator.baseUrl().getPort())) {
            socket.getOutputStream().write("GET / HTTP/1.1\r\nno header\r\n: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            socket.getInputStream().transferTo(answer);

            assertThat(answer.toString(StandardCharsets.US_ASCII)).startsWith("HTTP/1.1 400").containsIgnoringCase("X-Simulated: true");
        }
    }

    private static void assertRefused(HttpResponse<String> response, int status) throws Exception {
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("X-Simulated")).hasValue("true");
        assertThat(json(response).path("simulated").asBoolean()).isTrue();
        assertThat(json(response).at("/error/code").asInt()).isEqualTo(status);
    }
}
