package io.promptroutes.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThinkingTest {

    /** Model: none (does not think), asked (where it is asked), default, mandatory; or a name that no list has. */
    @ParameterizedTest(name = "{0} with {1}: {2}")
    @CsvSource(delimiter = '|', value = {
            "none      | {}                                                    | false",
            "asked     | {}                                                    | false",
            "default   | {}                                                    | true",
            "mandatory | {}                                                    | true",
            "acme/old:thinking | {}                                            | true",
            "acme/old  | {}                                                    | false",
            // asked for
            "asked     | {\"reasoning_effort\":\"high\"}                       | true",
            "asked     | {\"reasoning_effort\":\"minimal\"}                    | true",
            "asked     | {\"reasoning\":{\"effort\":\"low\"}}                  | true",
            "asked     | {\"reasoning\":{\"max_tokens\":2000}}                 | true",
            "asked     | {\"reasoning\":{\"max_tokens\":\"2000\"}}             | true",
            "asked     | {\"reasoning\":{\"enabled\":true}}                    | true",
            "asked     | {\"reasoning\":{\"enabled\":true,\"exclude\":true}}   | true",
            "asked     | {\"include_reasoning\":true}                          | true",
            "asked     | {\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":1024}} | true",
            "asked     | {\"thinking\":{\"type\":\"adaptive\"}}                | true",
            "asked     | {\"thinking\":true}                                   | true",
            "asked     | {\"thinking_budget\":-1}                              | true",
            "asked     | {\"enable_thinking\":true}                            | true",
            "asked     | {\"chat_template_kwargs\":{\"enable_thinking\":true}} | true",
            "acme/old  | {\"reasoning_effort\":\"xhigh\"}                      | true",
            // switched off
            "default   | {\"reasoning_effort\":\"none\"}                       | false",
            "default   | {\"reasoning\":{\"effort\":\"none\"}}                 | false",
            "default   | {\"reasoning\":{\"enabled\":false}}                   | false",
            "default   | {\"reasoning\":{\"enabled\":false,\"effort\":\"high\"}} | false",
            "default   | {\"thinking\":{\"type\":\"disabled\"}}                | false",
            "default   | {\"thinking\":false}                                  | false",
            "default   | {\"thinking_budget\":0}                               | false",
            "default   | {\"chat_template_kwargs\":{\"enable_thinking\":false}} | false",
            "acme/old:thinking | {\"reasoning\":{\"enabled\":false}}           | false",
            "mandatory | {\"reasoning\":{\"effort\":\"none\"}}                 | true",
            // about something else
            "asked     | {\"reasoning\":{\"exclude\":true}}                    | false",
            "default   | {\"reasoning\":{\"exclude\":true}}                    | true",
            "default   | {\"include_reasoning\":false}                         | true",
            "asked     | {\"reasoning\":null,\"reasoning_effort\":null}        | false",
            "asked     | {\"verbosity\":\"high\"}                              | false",
            "asked     | {\"chat_template_kwargs\":{\"a\":1}}                  | false"})
    void aModelThinksWhereItMustOrIsAskedTo(String model, String request, boolean thinks) throws IOException {
        Model.Reasoning reasoning = switch (model) {
            case "asked" -> new Model.Reasoning(false, false);
            case "default" -> new Model.Reasoning(false, true);
            case "mandatory" -> new Model.Reasoning(true, true);
            default -> null;
        };
        Model facts = model.startsWith("acme/") ? null
                : new Model(model, model, 1_000L, 1_000L, Price.UNKNOWN, Set.of(), Set.of(), reasoning, null, null);

        assertThat(Thinking.of(Json.MAPPER.readTree(request), model, facts)).isEqualTo(thinks);
    }
}
