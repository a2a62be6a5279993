package io.promptroutes.component;

import io.promptroutes.prompt.InputFormat;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.PromptParser;
import io.promptroutes.prompt.PromptSettings;
import io.promptroutes.prompt.Source;
import io.promptroutes.prompt.Template;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * {@code javac -cp 'target/classes:target/lib/*' -d target/bench src/bench/ShapeCost.java}, then {@code java -cp 'target/bench:target/classes:target/lib/*'
 * io.promptroutes.component.ShapeCost}: CPU microseconds that a step {@code prompt:} spends on a record of 2 KB, from its bytes to a prompt, and from a
 * result to the body that goes on. With a Mustache template, with a jq result, with both, and with neither (a request of the same size, whose result goes
 * on as it is), by turns in the same run: the median of some rounds. Its last line is what both cost on top of neither.
 */
public final class ShapeCost {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int WARM_UP = 40;
    private static final int ROUNDS = 25;
    private static final int RECORDS = 500;
    private static final int BYTES = 2_048;
    private static final String MUSTACHE = """
            Sum up this ticket of {{customer.name}} ({{customer.org}}) about {{product}}, {{price}} EUR, in two sentences.
            {{#note}}The agent says: {{note}}{{/note}}{{^note}}No agent has seen it.{{/note}}
            {{#lines}}- {{.}}
            {{/lines}}
            Subject: {{subject}}
            {{text}}
            """;
    private static final String JQ = ".record + {summary: .answer.summary, mood: .answer.mood}";
    private static final byte[] RESULT = """
            {"id":"tickets-0-7","status":"success","text":"```json\\n{\\"summary\\":\\"The heating has been out since Monday; she asks for a date.\\",\\"mood\\":\\"angry\\"}\\n```",
            "model_requested":"openai/gpt-4.1-mini","model_used":"openai/gpt-4.1-mini","cost_usd":0.000412,"usage":{"prompt_tokens":512,"completion_tokens":31},
            "routing":{"strategy":"explicit","task":"analysis","reason":"the pipeline names it"},"fallback":{"level":0},"source":{"topic":"tickets","partition":0,"offset":7}}
            """.getBytes(StandardCharsets.UTF_8);
    private static long kept;

    public static void main(String[] args) throws Exception {
        PromptSettings requests = new PromptSettings(1_000_000, null, null, InputFormat.AUTO, false, List.of("analysis"), Set.of());
        Work neither = new Work(new PromptParser(requests), new Shape("result"), request());
        Work template = new Work(new PromptParser(requests.with(new Template(MUSTACHE), null, true)), new Shape("result"), record());
        Work jq = new Work(new PromptParser(requests), new Shape(JQ), request());
        Work both = new Work(new PromptParser(requests.with(new Template(MUSTACHE), null, true)), new Shape(JQ), record());
        double[] medians = medians(List.of(neither, template, jq, both));
        System.out.printf("CPU us for a record of %d bytes%nneither    %6.1f%ntemplate   %6.1f%njq result  %6.1f%nboth       %6.1f%non top     %6.1f%n", BYTES,
                medians[0], medians[1], medians[2], medians[3], medians[3] - medians[0]);
        System.err.println("(" + kept + ")"); // so that nothing is optimised away
    }

    /** What a step does with each record but to ask. */
    private record Work(PromptParser parser, Shape shape, byte[] bytes) implements Callable<Integer> {

        @Override
        public Integer call() throws Exception {
            int length = parser.parse(bytes, Source.record("tickets", 0, 7), null, null).text().length();
            Object body = shape.of(shape.ofRecord() ? RecordOptions.record(bytes) : null, Json.tree(RESULT), new String(RESULT, StandardCharsets.UTF_8), null, Map.of());
            return length + body.toString().length();
        }
    }

    private static byte[] request() {
        return filled("{\"prompt\":\"", "\"}");
    }

    private static byte[] record() {
        return filled("""
                {"id":7,"customer":{"name":"Ada Lovelace","org":"acme","since":"2019-04-01","address":{"street":"Long Road 7","city":"Leeds"}},
                "product":"heating","price":1299.50,"note":null,"lines":["out since Monday","second time this winter","two small children"],"subject":"Heating out again",
                "flags":{"vip":true,"calls":3,"score":0.75},"text":\"""",
                "\"}");
    }

    private static byte[] filled(String begin, String end) {
        String words = "The heating has been out since Monday, and nobody has come. ";
        int left = BYTES - begin.length() - end.length();
        return (begin + words.repeat(left / words.length() + 1).substring(0, left) + end).getBytes(StandardCharsets.UTF_8);
    }

    /** By turns, so that what else the machine does falls on all of them alike. */
    private static double[] medians(List<Work> works) throws Exception {
        List<double[]> rounds = new ArrayList<>();
        works.forEach(work -> rounds.add(new double[ROUNDS]));
        for (int round = -WARM_UP; round < ROUNDS; round++) {
            for (int one = 0; one < works.size(); one++) {
                long started = THREADS.getCurrentThreadCpuTime(); // of this thread alone: others may be busy
                for (int i = 0; i < RECORDS; i++) {
                    kept += works.get(one).call();
                }
                rounds.get(one)[Math.max(round, 0)] = (THREADS.getCurrentThreadCpuTime() - started) / 1000.0 / RECORDS;
            }
        }
        return rounds.stream().mapToDouble(all -> {
            Arrays.sort(all);
            return all[ROUNDS / 2];
        }).toArray();
    }
}
