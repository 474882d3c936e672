package acme.geo;

/** Missing from the jar of version 1.0.0. */
final class Projection {

    String here() {
        return Projection.class.getPackage().getImplementationVersion();
    }
}
