package io.promptroutes.simulator;

import static io.promptroutes.simulator.SimulatorClient.json;
import static io.promptroutes.simulator.SimulatorClient.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SimulatorBillTest {

    @Test
    void isTheSumOfTheCostsThatWereReportedToTheLastDigit() throws Exception {
        try (SimulatorClient client = new SimulatorClient("fault.rate-limited=20", "fault.server-error=20", "latency=0")) {
            BigDecimal sum = BigDecimal.ZERO;
            int answered = 0;
            for (int i = 0; i < 200; i++) {
                String model = List.of("acme/small", "acme/odd", "acme/gift:free").get(i % 3);
                HttpResponse<String> response = client.complete(request(model, "Prompt " + "x".repeat(i)));
                if (response.statusCode() == 200) {
                    answered++;
                    sum = sum.add(json(response).at("/usage/cost").decimalValue());
                }
            }
            Bill bill = client.simulator.bill();

            assertThat(answered).isBetween(60, 180);
            assertThat(bill).extracting(Bill::requests, Bill::inFlight, Bill::completions).containsExactly(200L, 0L, (long) answered);
            assertThat(bill.billedUsd()).isPositive().isEqualByComparingTo(sum);
            assertThat(bill.byModel().values().stream().map(Bill.Share::billedUsd).reduce(BigDecimal.ZERO, BigDecimal::add))
                    .isEqualByComparingTo(sum);
            assertThat(bill.byModel().get("acme/gift:free").billedUsd()).isEqualByComparingTo("0");
        }
    }

    @Test
    void reportsCostsOfAtMostEighteenDigits() throws Exception {
        try (SimulatorClient client = new SimulatorClient()) {
            BigDecimal cost = json(client.complete("acme/odd")).at("/usage/cost").decimalValue();
            assertThat(cost.scale()).isBetween(10, 18);
        }
    }

    @Test
    void countsAnAnswerWhoseClientWentAway() throws Exception {
        try (SimulatorClient client = new SimulatorClient("latency=300ms")) {
            String head = headOfAnAbandonedCall(client.simulator.baseUrl().getPort());
            String generation = head.lines().filter(line -> line.startsWith("X-Generation-Id: ")).findFirst().orElseThrow().substring(17);
            assertThat(client.simulator.bill().completions()).isZero();

            await().atMost(Duration.ofSeconds(5)).until(() -> client.simulator.bill().inFlight() == 0);
            JsonNode data = client.read("/generation?id=" + generation).path("data");
            assertThat(client.simulator.bill().completions()).isEqualTo(1);
            assertThat(client.simulator.bill().billedUsd()).isPositive().isEqualByComparingTo(data.path("total_cost").decimalValue());
            assertThat(data.path("cancelled").asBoolean()).isTrue();
        }
    }

    /** Reads as far as the status and the headers, then hangs up. */
    private static String headOfAnAbandonedCall(int port) throws IOException {
        String body = request("acme/small", "Hello").toString();
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream().write(("POST /api/v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer k\r\nContent-Length: "
                    + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.US_ASCII));
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) socket.getInputStream().read());
            }
            return head.toString();
        }
    }

    @Test
    void countsCallsByPromptWhileRecording() throws Exception {
        try (SimulatorClient client = new SimulatorClient("record=true", "fault.server-error=100", "fault.models=acme/odd")) {
            ObjectNode request = request("acme/odd", "Hello");
            client.complete(request);
            BigDecimal cost = json(client.complete(request.put("model", "acme/small"))).at("/usage/cost").decimalValue();

            String fingerprint = Fingerprint.of(request.path("messages"));
            assertThat(client.simulator.bill().byPrompt()).containsOnlyKeys(fingerprint);
            assertThat(client.simulator.bill().byPrompt().get(fingerprint)).isEqualTo(new Bill.Calls(2, 1, cost));
        }
    }

    @Test
    void keepsNothingOfPromptsUnlessRecording() throws Exception {
        try (SimulatorClient client = new SimulatorClient()) {
            client.complete("acme/small");
            assertThat(client.simulator.bill().byPrompt()).isEmpty();
        }
    }

    @Test
    void canBeReadOverHttp() throws Exception {
        try (SimulatorClient client = new SimulatorClient("record=true", "key=sk-right")) {
            client.post(request("acme/small", "Hello").toString(), "Bearer sk-right");
            HttpResponse<String> response = client.get("/simulator/bill", null);
            JsonNode bill = json(response);
            BigDecimal billed = client.simulator.bill().billedUsd();

            assertThat(response.body()).contains("\"billed_usd\":" + billed.toPlainString()).contains("\"simulated\":true");
            assertThat(bill.path("requests").asInt()).isEqualTo(1);
            assertThat(bill.path("completions").asInt()).isEqualTo(1);
            assertThat(bill.path("by_model").path("acme/small").path("billed_usd").decimalValue()).isEqualByComparingTo(billed);
            assertThat(bill.path("by_prompt").elements().next().path("billed_calls").asInt()).isEqualTo(1);
        }
    }

    @Test
    void namesAPromptByItsMessagesWhateverTheOrderOfNames() throws Exception {
        String one = Fingerprint.of(Json.MAPPER.readTree("[{\"role\": \"user\", \"content\": \"x\"}]"));
        String same = Fingerprint.of(Json.MAPPER.readTree("[{\"content\":\"x\",\"role\":\"user\"}]"));
        String other = Fingerprint.of(Json.MAPPER.readTree("[{\"content\":\"y\",\"role\":\"user\"}]"));
        assertThat(one).isEqualTo(same).isNotEqualTo(other).hasSize(64);
    }

    @Test
    void answersAThousandAtOnceInLittleMoreThanOneAnswerTakes() throws Exception {
        try (SimulatorClient client = new SimulatorClient("latency=200ms")) {
            HttpClient http = HttpClient.newHttpClient();
            HttpRequest request = client.completion(request("acme/small", "Hello").toString(), "Bearer sk-test");
            long start = System.nanoTime();
            List<CompletableFuture<HttpResponse<String>>> calls = IntStream.range(0, 1_000)
                    .mapToObj(i -> http.sendAsync(request, BodyHandlers.ofString())).toList();
            calls.forEach(call -> assertThat(call.join().statusCode()).isEqualTo(200));
            Duration took = Duration.ofNanos(System.nanoTime() - start);

            // one after another they would take 200 s
            assertThat(took).isLessThan(Duration.ofSeconds(60));
            assertThat(client.simulator.bill().completions()).isEqualTo(1_000);
        }
    }
}
