package io.promptroutes.kafka;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

/** Another replay has the same group, and would send the same records. */
public final class NotAlone extends RuntimeException {

    /** Until the brokers take a replay that was killed for gone. */
    static final int GONE_MILLIS = 10_000;
    private static final long serialVersionUID = 1;

    NotAlone(String topic, String group) {
        super("another replay of topic " + topic + " runs, or was killed less than " + GONE_MILLIS / 1000 + " s ago (consumer group " + group
                + "); wait until it has ended");
    }

    /** For one who is about to join, since that would disturb the other. @throws NotAlone where the group has a member */
    static void check(Map<String, Object> client, String topic, String group) throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(client)) {
            if (!admin.describeConsumerGroups(List.of(group)).all().get().get(group).members().isEmpty()) {
                throw new NotAlone(topic, group);
            }
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof GroupIdNotFoundException)) { // else it is the first replay
                throw e;
            }
        }
    }
}
