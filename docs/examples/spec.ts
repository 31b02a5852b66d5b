// Where the examples go, apps/, these types are beside them too.
export type * from "../../apps/spec";
