import { backupCases } from "./backups";
import type { AlertCase } from "./case";
import { containerCases } from "./containers";
import { dataCases } from "./data";
import { errorBudgetCases } from "./errorBudget";
import { hostCases } from "./host";
import { monitoringCases } from "./monitoring";
import { requestCases } from "./requests";
import { serviceCases } from "./services";

export const alertCases: readonly AlertCase[] = [
  ...serviceCases,
  ...requestCases,
  ...errorBudgetCases,
  ...containerCases,
  ...hostCases,
  ...dataCases,
  ...backupCases,
  ...monitoringCases,
];
