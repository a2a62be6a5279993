package io.promptroutes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a cluster, or compose, would find wrong with files in deploy. Kinds of Kubernetes are read by fabric8's model, which keeps what it does not know; others have small schemas. Stateless. */
final class Manifests {

    private static final Map<String, Class<?>> MODEL = Map.of("apps/v1 Deployment", Deployment.class, "v1 Service", Service.class,
            "policy/v1 PodDisruptionBudget", PodDisruptionBudget.class, "networking.k8s.io/v1 NetworkPolicy", NetworkPolicy.class);
    private static final Map<String, String> SCHEMAS = Map.of("monitoring.coreos.com/v1 ServiceMonitor", "service-monitor", "keda.sh/v1alpha1 ScaledObject", "scaled-object",
            "kustomize.config.k8s.io/v1beta1 Kustomization", "kustomization", " ", "compose");
    private static final ObjectMapper STRICT = strict();

    private Manifests() {
    }

    /** A cluster takes no "3" for 3, and no 3 for "3". */
    private static ObjectMapper strict() {
        ObjectMapper mapper = JsonMapper.builder().disable(MapperFeature.ALLOW_COERCION_OF_SCALARS).build();
        for (CoercionInputShape shape : new CoercionInputShape[] {CoercionInputShape.Integer, CoercionInputShape.Float, CoercionInputShape.Boolean}) {
            mapper.coercionConfigFor(LogicalType.Textual).setCoercion(shape, CoercionAction.Fail);
        }
        return mapper;
    }

    static JsonNode read(Path file) {
        try {
            return new YAMLMapper().readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<String> faults(JsonNode manifest) {
        String kind = manifest.path("apiVersion").asText() + " " + manifest.path("kind").asText();
        if (SCHEMAS.containsKey(kind)) {
            return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(Manifests.class.getResourceAsStream("deploy/" + SCHEMAS.get(kind) + ".schema.json"))
                    .validate(manifest).stream().map(ValidationMessage::getMessage).toList();
        }
        if (!MODEL.containsKey(kind)) {
            return List.of("nobody knows " + kind);
        }
        try {
            List<String> unknown = new ArrayList<>();
            walk(STRICT.convertValue(manifest, MODEL.get(kind)), kind, unknown, Collections.newSetFromMap(new IdentityHashMap<>()));
            return unknown;
        } catch (IllegalArgumentException e) {
            return List.of(e.getMessage());
        }
    }

    private static void walk(Object value, String where, List<String> unknown, Set<Object> seen) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, one) -> walk(one, where + "." + key, unknown, seen));
        } else if (value instanceof Collection<?> all) {
            all.forEach(one -> walk(one, where + "[]", unknown, seen));
        } else if (value != null && value.getClass().getName().startsWith("io.fabric8.") && !(value instanceof Enum) && seen.add(value)) {
            for (Method method : value.getClass().getMethods()) {
                if (method.getName().matches("get[A-Z].*") && method.getParameterCount() == 0) {
                    Object part = get(method, value);
                    if (!method.getName().equals("getAdditionalProperties")) {
                        walk(part, where + "." + method.getName().substring(3), unknown, seen);
                    } else if (part instanceof Map<?, ?> more && !more.isEmpty()) {
                        unknown.add(where + " has no " + more.keySet());
                    }
                }
            }
        }
    }

    private static Object get(Method method, Object value) {
        try {
            return method.invoke(value);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(method + " of " + value.getClass(), e);
        }
    }
}
