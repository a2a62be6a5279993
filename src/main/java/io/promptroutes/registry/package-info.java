/** Records whose data need the schema of a registry: Confluent's wire format, as JSON. Only {@code AvroReader} and what it uses know Avro, which is optional. */
package io.promptroutes.registry;
