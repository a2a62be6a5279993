package io.promptroutes.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.Record;
import org.apache.kafka.common.record.SimpleRecord;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What packs records is newer than what Kafka's clients ask for. */
class PackedRecordsTest {

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void recordsArePackedAndUnpacked(CompressionType type) {
        List<String> sent = List.of("short", "long ".repeat(100_000), "\u00e4 \ud83d\ude00", "");
        MemoryRecords packed = MemoryRecords.withRecords(Compression.of(type).build(), sent.stream().map(text -> new SimpleRecord(text.getBytes(StandardCharsets.UTF_8))).toArray(SimpleRecord[]::new));
        assertThat(packed.sizeInBytes() < 100_000).isEqualTo(type != CompressionType.NONE);
        List<String> read = new ArrayList<>();
        for (Record one : packed.records()) {
            read.add(Utils.utf8(one.value()));
        }
        assertThat(read).isEqualTo(sent);
    }
}
