package io.promptroutes.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.prompt.Json;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CanonicalJsonTest {

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            {"b":1,"a":2}                    | {"a":2,"b":1}
            { "a" : [ 1 , {"d":1,"c":2} ] }  | {"a":[1,{"c":2,"d":1}]}
            {"t":0.70}                       | {"t":0.7}
            {"t":1}                          | {"t":1.0}
            {"t":100}                        | {"t":1e2}
            {"t":0}                          | {"t":-0.0}
            {"a":1,"model":null}             | {"a":1}
            {"a":"\\u0041/"}                 | {"a":"A\\/"}
            """)
    void twoWaysToWriteARequestHaveOneForm(String one, String other) {
        assertThat(canonical(one)).isEqualTo(canonical(other));
        assertThat(id(one)).isEqualTo(id(other));
    }

    @ParameterizedTest(name = "{0} is not {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            {"a":"1"}                        | {"a":1}
            {"a":"x"}                        | {"a":"x "}
            {"a":"e"}                        | {"a":"E"}
            {"a":[1,2]}                      | {"a":[2,1]}
            {"a":[null]}                     | {"a":[]}
            {"a":{"default":null}}           | {"a":{}}
            {"a":false}                      | {"a":null}
            {"t":0.7}                        | {"t":0.70000000000000000001}
            {"a":"e\\u0301"}                 | {"a":"\\u00e9"}
            1.0                              | 1
            {"a":1                           | {"a": 1
            """)
    void twoDifferentRequestsKeepTwoForms(String one, String other) {
        assertThat(canonical(one)).isNotEqualTo(canonical(other));
        assertThat(id(one)).isNotEqualTo(id(other));
    }

    @RepeatedTest(200)
    void theOrderOfKeysDoesNotMatterAtAnyDepth(RepetitionInfo repetition) throws Exception {
        Random random = new Random(repetition.getCurrentRepetition());
        JsonNode node = object(random, 4);
        String shuffled = Json.MAPPER.writeValueAsString(shuffled(node, random));
        assertThat(canonical(shuffled)).isEqualTo(new String(CanonicalJson.of(node), StandardCharsets.UTF_8));
        assertThat(canonical(canonical(shuffled))).as("its own form").isEqualTo(canonical(shuffled));
        assertThat(Json.MAPPER.readTree(canonical(shuffled)).size()).isEqualTo(node.size());
    }

    @Test
    void aNumberWithABillionZerosTakesNoMemory() {
        assertThat(canonical("{\"a\":1e999999999}")).hasSizeLessThan(30);
    }

    @ParameterizedTest
    @CsvSource({"openrouter,acme,p-2", "openrouter,other,p-1", "simulator,acme,p-1", "openrouter,acmep,-1"})
    void providerTenantAndIdArePartOfTheIdentity(String provider, String tenant, String id) {
        byte[] request = "{}".getBytes(StandardCharsets.UTF_8);
        assertThat(WorkId.of(provider, tenant, id, request)).isNotEqualTo(WorkId.of("openrouter", "acme", "p-1", request));
        assertThat(WorkId.of(provider, tenant, id, request)).isEqualTo(WorkId.of(provider, tenant, id, request));
    }

    /** Works of earlier versions are known by it. */
    @Test
    void textsAreQuotedAsJacksonWritesThem() {
        String all = IntStream.rangeClosed(0, Character.MAX_VALUE).mapToObj(Character::toString).collect(Collectors.joining());
        ObjectNode request = Json.MAPPER.createObjectNode().put(all, all);
        assertThat(new String(CanonicalJson.of(request), StandardCharsets.UTF_8)).isEqualTo(
                new String(request.toString().getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
    }

    private static String canonical(String json) {
        return new String(CanonicalJson.of(json.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
    }

    private static WorkId id(String json) {
        return WorkId.of("openrouter", "acme", "p-1", json.getBytes(StandardCharsets.UTF_8));
    }

    private static ObjectNode object(Random random, int depth) {
        ObjectNode object = Json.MAPPER.createObjectNode();
        for (int i = random.nextInt(1, 6); i > 0; i--) {
            object.set("k" + random.nextInt(1000) + (random.nextBoolean() ? "ä\"" : ""), value(random, depth));
        }
        return object;
    }

    private static JsonNode value(Random random, int depth) {
        switch (random.nextInt(depth > 0 ? 5 : 3)) {
            case 0:
                return Json.MAPPER.getNodeFactory().textNode("text\n" + (char) random.nextInt(0x20, 0xD000));
            case 1:
                return Json.MAPPER.getNodeFactory().numberNode(new BigDecimal(random.nextInt(100)).movePointLeft(random.nextInt(4)));
            case 2:
                return Json.MAPPER.getNodeFactory().booleanNode(random.nextBoolean());
            case 3:
                return object(random, depth - 1);
            default:
                ArrayNode array = Json.MAPPER.createArrayNode();
                for (int i = random.nextInt(4); i > 0; i--) {
                    array.add(value(random, depth - 1));
                }
                return array;
        }
    }

    private static JsonNode shuffled(JsonNode node, Random random) {
        if (node.isArray()) {
            ArrayNode copy = Json.MAPPER.createArrayNode();
            node.forEach(element -> copy.add(shuffled(element, random)));
            return copy;
        }
        if (!node.isObject()) {
            return node;
        }
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        Collections.shuffle(names, random);
        ObjectNode copy = Json.MAPPER.createObjectNode();
        names.forEach(name -> copy.set(name, shuffled(node.get(name), random)));
        return copy;
    }
}
