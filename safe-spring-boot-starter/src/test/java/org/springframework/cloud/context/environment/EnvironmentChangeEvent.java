package org.springframework.cloud.context.environment;

import org.springframework.context.ApplicationEvent;

/** Named as Spring Cloud's, which the starter knows by name only. */
public class EnvironmentChangeEvent extends ApplicationEvent {

    private static final long serialVersionUID = 1L;

    public EnvironmentChangeEvent(Object source) {
        super(source);
    }
}
