package io.promptroutes.registry;

import com.fasterxml.jackson.core.JsonGenerator;
import io.promptroutes.PromptFailed;
import io.promptroutes.prompt.Json;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.time.DateTimeException;
import java.util.List;
import org.apache.avro.NameValidator;
import org.apache.avro.Schema;

/** Of an Avro schema. Immutable. */
final class AvroReader implements RecordReader {

    private final Schema schema;

    /** @param texts of schemas, each behind those that it refers to; the last one is that of the records @throws RuntimeException where one is none */
    AvroReader(List<String> texts) {
        Schema.Parser parser = new Schema.Parser(NameValidator.NO_VALIDATION).setValidateDefaults(false);
        Schema last = null;
        for (String text : texts) {
            last = parser.parse(text);
        }
        schema = last;
    }

    @Override
    public byte[] read(byte[] record, int most) throws PromptFailed {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        AvroJson data = null;
        try (JsonGenerator json = Json.MAPPER.createGenerator(out)) {
            data = new AvroJson(record, WireFormat.HEAD, json, () -> out.size() > most);
            data.all(schema);
        } catch (AvroJson.TooLarge e) {
            throw WireFormat.tooLarge(most);
        } catch (EOFException e) {
            throw misfit(data, "they end in the middle");
        } catch (DateTimeException | ArithmeticException e) { // whose message has the number in it
            throw misfit(data, "a time of day that is none");
        } catch (IOException e) {
            throw misfit(data, e.getMessage());
        } catch (RuntimeException e) { // of Avro's own
            throw misfit(data, e.toString());
        }
        if (out.size() > most) {
            throw WireFormat.tooLarge(most);
        }
        byte[] json = out.toByteArray();
        return json[0] == '"' ? JsonReader.bare(Json.tree(json), json) : json;
    }

    private PromptFailed misfit(AvroJson data, String why) {
        return WireFormat.misfit("the record's data do not fit their Avro schema " + schema.getName() + (data == null ? "" : data.where()) + ": " + why);
    }
}
