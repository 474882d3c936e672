package dev.safe.sample.config;

import tools.jackson.databind.JsonNode;

/** What a host answered. */
record Answer(int status, JsonNode body) {

    String message() {
        return body.path("message").asString();
    }
}
