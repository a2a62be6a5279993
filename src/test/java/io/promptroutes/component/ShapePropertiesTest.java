package io.promptroutes.component;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.PromptFailed;
import io.promptroutes.prompt.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** A record that gets a field more is otherwise the record, byte for byte, whatever it holds. */
class ShapePropertiesTest {

    private static final JsonNode RESULT = Json.tree("{\"status\":\"success\",\"text\":\"{\\\"a\\\":1.50}\"}".getBytes(StandardCharsets.UTF_8));

    @Provide
    Arbitrary<JsonNode> records() {
        return object(3);
    }

    private static Arbitrary<JsonNode> object(int deep) {
        return Arbitraries.maps(Arbitraries.strings().ofMaxLength(6).filter(name -> !name.equals("ai")), value(deep - 1)).ofMaxSize(5).map(fields -> {
            ObjectNode node = Json.MAPPER.createObjectNode();
            fields.forEach(node::set);
            return node;
        });
    }

    private static Arbitrary<JsonNode> value(int deep) {
        Arbitrary<JsonNode> scalar = Arbitraries.oneOf(
                Arbitraries.strings().ofMaxLength(20).map(text -> Json.MAPPER.getNodeFactory().textNode(text)),
                Arbitraries.of(true, false).map(flag -> Json.MAPPER.getNodeFactory().booleanNode(flag)),
                Arbitraries.just(Json.MAPPER.nullNode()),
                Arbitraries.bigIntegers().between(BigInteger.TEN.pow(40).negate(), BigInteger.TEN.pow(40)).map(number -> Json.MAPPER.getNodeFactory().numberNode(number)),
                Arbitraries.bigDecimals().between(new BigDecimal("-1e12"), new BigDecimal("1e12")).ofScale(20).map(number -> Json.MAPPER.getNodeFactory().numberNode(number)));
        return deep == 0 ? scalar : Arbitraries.oneOf(scalar, object(deep), value(deep - 1).list().ofMaxSize(4).map(list -> Json.MAPPER.createArrayNode().addAll(list)));
    }

    @Property(tries = 500)
    void aFieldMoreChangesNothingElse(@ForAll("records") JsonNode record) throws PromptFailed {
        byte[] before = Json.bytes(record);
        String out = (String) new Shape(".record + {ai: .answer}").of(RecordOptions.record(before), RESULT, "", null, Map.of());
        ObjectNode shaped = (ObjectNode) Json.tree(out.getBytes(StandardCharsets.UTF_8));
        assertThat(shaped.remove("ai").toString()).isEqualTo("{\"a\":1.50}");
        assertThat(new String(Json.bytes(shaped), StandardCharsets.UTF_8)).isEqualTo(new String(before, StandardCharsets.UTF_8));
    }
}
