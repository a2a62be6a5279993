package io.promptroutes.simulator;

import static io.promptroutes.simulator.SimulatorClient.json;
import static io.promptroutes.simulator.SimulatorClient.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class SimulatorFaultsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "fault.rate-limited=100   | acme/small     | 429 | Provider returned error",
        "fault.free-daily-cap=100 | acme/gift:free | 429 | free-models-per-day",
        "fault.no-credit=100      | acme/small     | 402 | Insufficient credits",
        "fault.affordable=100     | acme/small     | 402 | You requested up to 1000 tokens, but can only afford 256.",
        "fault.moderation=100     | acme/small     | 403 | requires moderation",
        "fault.server-error=100   | acme/small     | 502 | Provider returned error",
        "models.missing=acme/odd  | acme/odd       | 404 | No endpoints found for acme/odd.",
        "seed=1                   | no/such        | 400 | no/such is not a valid model ID",
        "seed=1                   | acme/small:batch | 400 | acme/small:batch is not a valid model ID",
    })
    void refusesInOpenRoutersEnvelopeWithoutBilling(String setting, String model, int status, String message) throws Exception {
        try (SimulatorClient client = new SimulatorClient(setting)) {
            HttpResponse<String> response = client.complete(model);
            JsonNode body = json(response);

            assertThat(response.statusCode()).isEqualTo(status);
            assertThat(response.headers().firstValue("X-Simulated")).hasValue("true");
            assertThat(body.path("simulated").asBoolean()).isTrue();
            assertThat(body.at("/error/code").asInt()).isEqualTo(status);
            assertThat(body.at("/error/message").asText()).contains(message).endsWith("[simulated]");
            assertThat(client.simulator.bill().completions()).isZero();
        }
    }

    @Test
    void saysHowLongToWaitForAProviderAndForTheFreeDay() throws Exception {
        try (SimulatorClient client = new SimulatorClient("fault.rate-limited=100", "retry-after=7")) {
            assertThat(client.complete("acme/small").headers().firstValue("Retry-After")).hasValue("7");

            client.simulator.configure(SimulatorClient.config("fault.free-daily-cap=100"));
            HttpResponse<String> capped = client.complete("acme/gift:free");
            long reset = capped.headers().firstValueAsLong("X-RateLimit-Reset").orElseThrow();
            assertThat(capped.headers().firstValue("Retry-After")).isEmpty();
            assertThat(json(capped).at("/error/metadata/headers/X-RateLimit-Reset").asLong()).isEqualTo(reset);
            assertThat(reset).isGreaterThan(Instant.now().toEpochMilli());
            assertThat(reset % 86_400_000).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "fault.free-daily-cap=100, acme/small",
        "fault.no-credit=100,      acme/gift:free",
        "fault.affordable=100,     acme/gift:free",
    })
    void sparesTheModelsThatAFaultDoesNotConcern(String setting, String model) throws Exception {
        try (SimulatorClient client = new SimulatorClient(setting)) {
            assertThat(client.complete(model).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void letsFaultsHappenToTheNamedModelsOnly() throws Exception {
        try (SimulatorClient client = new SimulatorClient("fault.server-error=100", "fault.models=acme/odd")) {
            assertThat(client.complete("acme/odd").statusCode()).isEqualTo(502);
            assertThat(client.complete("acme/small").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void servesARequestThatAsksForWhatIsAffordable() throws Exception {
        try (SimulatorClient client = new SimulatorClient("fault.affordable=100")) {
            ObjectNode request = request("acme/small", "Hello");
            assertThat(client.complete(request.put("max_tokens", 257)).statusCode()).isEqualTo(402);
            assertThat(client.complete(request.put("max_tokens", 256)).statusCode()).isEqualTo(200);
            request.remove("max_tokens");
            assertThat(json(client.complete(request)).at("/error/message").asText()).contains("up to 16384 tokens");
        }
    }

    @Test
    void answersHtmlAsAnEdgeDoes() throws Exception {
        try (SimulatorClient client = new SimulatorClient("fault.html=100")) {
            HttpResponse<String> response = client.complete("acme/small");

            assertThat(response.statusCode()).isEqualTo(524);
            assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
            assertThat(response.headers().firstValue("X-Simulated")).hasValue("true");
            assertThat(response.body()).startsWith("<!DOCTYPE html>").contains("simulated");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void putsAnErrorIntoA200AndBillsItAsConfigured(boolean billed) throws Exception {
        try (SimulatorClient client = new SimulatorClient("fault.error-in-200=100", "error-in-200.billed=" + billed)) {
            HttpResponse<String> response = client.complete("acme/small");
            JsonNode body = json(response);

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(body.at("/error/code").asInt()).isEqualTo(502);
            assertThat(body.has("choices")).isFalse();
            assertThat(body.path("simulated").asBoolean()).isTrue();
            assertThat(body.has("usage")).isEqualTo(billed);
            assertThat(client.simulator.bill().completions()).isEqualTo(billed ? 1 : 0);
            assertThat(client.simulator.bill().billedUsd().signum()).isEqualTo(billed ? 1 : 0);
        }
    }

    @Test
    void answersEmptilyWithoutUsageOrBill() throws Exception {
        try (SimulatorClient client = new SimulatorClient("fault.empty=100")) {
            JsonNode body = json(client.complete("acme/small"));

            assertThat(body.at("/choices/0/message/content").asText("?")).isEmpty();
            assertThat(body.at("/choices/0/native_finish_reason").asText()).isEqualTo("network_error");
            assertThat(body.has("usage")).isFalse();
            assertThat(client.simulator.bill().completions()).isZero();
        }
    }

    @Test
    void cutsTheJsonAndBillsIt() throws Exception {
        try (SimulatorClient client = new SimulatorClient("fault.cut-json=100")) {
            HttpResponse<String> response = client.complete("acme/small");

            assertThat(response.statusCode()).isEqualTo(200);
            assertThatThrownBy(() -> json(response)).isInstanceOf(JsonProcessingException.class);
            JsonNode lookedUp = client.read("/generation?id=" + response.headers().firstValue("X-Generation-Id").orElseThrow());
            assertThat(lookedUp.at("/data/total_cost").decimalValue()).isPositive()
                    .isEqualByComparingTo(client.simulator.bill().billedUsd());
        }
    }

    @Test
    void dribblesTheAnswerAndSendsTheRestAtTheEnd() throws Exception {
        try (SimulatorClient client = new SimulatorClient("fault.dribble=100", "dribble-interval=10ms", "dribble-max=300ms")) {
            long start = System.nanoTime();
            JsonNode body = json(client.complete("acme/small"));

            assertThat(System.nanoTime() - start).isGreaterThan(250_000_000L);
            assertThat(body.at("/choices/0/message/content").asText()).startsWith("[simulated]");
            assertThat(client.simulator.bill().billedUsd()).isEqualByComparingTo(body.at("/usage/cost").decimalValue());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void resetsTheConnectionBeforeAnyByte(boolean billed) throws Exception {
        try (SimulatorClient client = new SimulatorClient("fault.reset=100", "reset.billed=" + billed);
                Socket socket = new Socket("127.0.0.1", client.simulator.baseUrl().getPort())) {
            String body = request("acme/small", "Hello").toString();
            socket.getOutputStream().write(("POST /api/v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer k\r\nContent-Length: "
                    + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.US_ASCII));

            // an orderly end would be -1
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketException.class).hasMessageContaining("reset");
            assertThat(client.simulator.bill().completions()).isEqualTo(billed ? 1 : 0);
        }
    }
}
