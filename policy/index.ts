import { PolicyPack } from "@pulumi/policy";
import { policies } from "./policies";

new PolicyPack("slipway", { enforcementLevel: "mandatory", policies: [...policies] });
