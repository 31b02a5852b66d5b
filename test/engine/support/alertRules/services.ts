import { type AlertCase, critical, warning } from "./case";

const backend = 'service="backend",release="1.0.0"';
const running = (labels: string) =>
  `slipway_container_running{job="guardian",instance="guardian:9800",${labels}}`;
const engineUp = { 'slipway_guardian_engine_up{job="guardian",instance="guardian:9800"}': "1x60" };
const down = [{ labels: { ...critical, service: "backend" }, summary: "backend: no container of it runs" }];

export const serviceCases: readonly AlertCase[] = [
  {
    alert: "ServiceDown",
    when: "all its containers are stopped",
    series: {
      ...engineUp,
      [running(`${backend},container="backend-0"`)]: "1x20 0x40",
      [running(`${backend},container="backend-1"`)]: "1x20 0x40",
      [running('service="frontend",release="1.0.0",container="frontend-0"')]: "1x60",
    },
    at: "7m",
    fires: down,
  },
  {
    alert: "ServiceDown",
    when: "its container has been removed",
    series: { ...engineUp, [running(`${backend},container="backend-0"`)]: "1x20 stale" },
    at: "7m",
    fires: down,
  },
  {
    alert: "ServiceDown",
    when: "it is down for less than a minute",
    series: { ...engineUp, [running(`${backend},container="backend-0"`)]: "1x20 0x40" },
    at: "5m45s",
    fires: [],
  },
  {
    alert: "ServiceDown",
    when: "one of its containers runs, and an old one has been removed",
    series: {
      ...engineUp,
      [running('service="backend",release="0.9.0",container="backend-9"')]: "1x20 stale",
      [running(`${backend},container="backend-0"`)]: "0x60",
      [running(`${backend},container="backend-1"`)]: "1x60",
    },
    at: "7m",
    fires: [],
  },
  {
    alert: "ServiceDown",
    when: "the profile without it takes it away",
    series: {
      ...engineUp,
      [running('service="tempo",release="2.6.1",container="shop-test-tempo"')]: "1x20 stale",
    },
    at: "7m",
    fires: [],
  },
  {
    alert: "ServiceDown",
    when: "the guardian, which would know, is gone itself",
    series: {
      slipway_guardian_engine_up: "1x20 stale",
      [running(`${backend},container="backend-0"`)]: "1x20 stale",
    },
    at: "7m",
    fires: [],
  },
  {
    alert: "ContainerDown",
    when: "one of two is stopped",
    series: {
      [running(`${backend},container="backend-0"`)]: "1x20 0x40",
      [running(`${backend},container="backend-1"`)]: "1x60",
    },
    at: "11m",
    fires: [
      {
        labels: { ...warning, service: "backend", release: "1.0.0", container: "backend-0" },
        summary: "backend: its container backend-0 is stopped, others of the release run",
      },
    ],
  },
  {
    alert: "ContainerDown",
    when: "a failed update left one of another release",
    series: {
      [running('service="backend",release="1.1.0",container="backend-1"')]: "0x60",
      [running(`${backend},container="backend-0"`)]: "1x60",
    },
    at: "11m",
    fires: [],
  },
  {
    alert: "ServiceUnreachable",
    when: "no replica answers",
    series: {
      'up{job="app",service="worker",instance="10.0.0.1:9000"}': "1x20 0x40",
      'up{job="app",service="worker",instance="10.0.0.2:9000"}': "1x20 0x40",
    },
    at: "7m",
    fires: [
      {
        labels: { ...critical, service: "worker" },
        summary: "worker: runs, but none of its containers answers when asked for its metrics",
      },
    ],
  },
  {
    alert: "ServiceUnreachable",
    when: "one replica answers",
    series: {
      'up{job="app",service="worker",instance="10.0.0.1:9000"}': "0x60",
      'up{job="app",service="worker",instance="10.0.0.2:9000"}': "1x60",
    },
    at: "7m",
    fires: [],
  },
  {
    alert: "RouteDown",
    when: "its probe fails for a minute",
    series: {
      'probe_success{job="probe",instance="https://shop.example.com/",domain="app"}': "1x20 0x40",
      'probe_success{job="probe",instance="https://shop.example.com/health",domain="app"}': "1x60",
    },
    at: "6m30s",
    fires: [
      {
        labels: { ...critical, instance: "https://shop.example.com/", domain: "app" },
        summary: "https://shop.example.com/ does not answer as it should",
      },
    ],
  },
  {
    alert: "RouteDown",
    when: "its probe failed once",
    series: { 'probe_success{job="probe",instance="https://shop.example.com/",domain="app"}': "1x20 0 1x40" },
    at: "6m30s",
    fires: [],
  },
];
