{{- define "scanhook.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- /* 40 characters at most, so that the longest suffix (-dispatcher-metrics) fits into a name of 63. */ -}}
{{- define "scanhook.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains (include "scanhook.name" .) .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "scanhook.name" .) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- /* Takes {root, component}. */ -}}
{{- define "scanhook.selectorLabels" -}}
app.kubernetes.io/name: {{ include "scanhook.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .component }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end -}}

{{- define "scanhook.labels" -}}
{{ include "scanhook.selectorLabels" . }}
app.kubernetes.io/part-of: scanhook
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "scanhook.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ printf "%s@%s" .repository .digest }}
{{- else -}}
{{ printf "%s:%s" .repository (.tag | default $.Chart.AppVersion) }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "scanhook.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "scanhook.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{- /* {root, name} → what holds for the service: each key of its own, else that of the defaults. */ -}}
{{- define "scanhook.workload" -}}
{{- $own := index .root.Values.services .name -}}
{{- $all := dict -}}
{{- range $key, $value := .root.Values.defaults -}}{{- $_ := set $all $key $value -}}{{- end -}}
{{- range $key, $value := $own -}}{{- $_ := set $all $key $value -}}{{- end -}}
{{- toJson $all -}}
{{- end -}}

{{- /* What each service reads, as the services' own tables say; made by tools/deploy. */ -}}
{{- define "scanhook.reads" -}}
{{- toJson (index (.root.Files.Get "files/environment.yaml" | fromYaml).services .name) -}}
{{- end -}}

{{- /* A value as the text of a variable. */ -}}
{{- define "scanhook.raw" -}}
{{- if kindIs "slice" . -}}{{ join "," . }}
{{- else if kindIs "map" . -}}{{ toJson . }}
{{- else if kindIs "float64" . -}}{{ if eq (floor .) . }}{{ int64 . }}{{ else }}{{ . }}{{ end }}
{{- else -}}{{ . }}
{{- end -}}
{{- end -}}

{{- /* {root, name, settings, key}: a plain setting, or what stands in the first place for all. */ -}}
{{- define "scanhook.setting" -}}
{{- if hasKey .settings .key -}}{{ include "scanhook.raw" (get .settings .key) }}
{{- else if hasKey .root.Values.settings .key -}}{{ include "scanhook.raw" (get .root.Values.settings .key) }}
{{- end -}}
{{- end -}}

{{- /* Whether pods of the API are reached by the dispatcher: the port of the relay, or nothing. */ -}}
{{- define "scanhook.relayPort" -}}
{{- with .Values.services.api -}}
{{- if and .enabled .relay.networks -}}{{ (index ($.Files.Get "files/environment.yaml" | fromYaml).services "api").owned.API_RELAY_PORT }}{{- end -}}
{{- end -}}
{{- end -}}

{{- /* What the operator says, or our own Service before all pods of the API. */ -}}
{{- define "scanhook.relayUrl" -}}
{{- $said := include "scanhook.setting" . -}}
{{- $port := include "scanhook.relayPort" .root -}}
{{- if $said -}}{{ $said }}
{{- else if $port -}}http://{{ include "scanhook.fullname" .root }}-api-relay:{{ $port }}
{{- end -}}
{{- end -}}

{{- /* Where deliveries may go although it is private: what the operator says, the inspector, and the relay. */ -}}
{{- define "scanhook.allowedTargets" -}}
{{- $said := include "scanhook.setting" . -}}
{{- $all := list -}}
{{- if $said -}}{{- $all = append $all $said -}}{{- end -}}
{{- with .root.Values.services.inspector -}}
{{- if .enabled -}}
{{- range .networks -}}{{- $all = append $all (printf "%s:%d" . (int $.root.Values.services.inspector.service.port)) -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- with include "scanhook.relayPort" .root -}}
{{- $port := . -}}
{{- range $.root.Values.services.api.relay.networks -}}{{- $all = append $all (printf "%s:%s" . $port) -}}{{- end -}}
{{- end -}}
{{- join "," $all -}}
{{- end -}}

{{- define "scanhook.sharedSecretName" -}}
{{- .Values.credentials.existingSecret | default (printf "%s-credentials" (include "scanhook.fullname" .)) -}}
{{- end -}}

{{- /* {root, name, settings, inlineSecret} → the variables of a container. */ -}}
{{- define "scanhook.env" -}}
{{- $reads := include "scanhook.reads" . | fromJson -}}
{{- range $key, $value := $reads.owned }}
- name: {{ $key }}
  value: {{ $value | quote }}
{{- end }}
{{- range $key := $reads.plain }}
{{- $of := dict "root" $.root "settings" ($.settings | default dict) "key" $key }}
{{- $value := get (dict "WEBHOOK_ALLOWED_TARGETS" "scanhook.allowedTargets" "API_RELAY_URL" "scanhook.relayUrl") $key | default "scanhook.setting" }}
{{- with include $value $of }}
- name: {{ $key }}
  value: {{ . | quote }}
{{- end }}
{{- end }}
{{- range $key, $need := $reads.secret }}
{{- $from := get $.root.Values.credentials $key | default dict }}
- name: {{ $key }}
  valueFrom:
    secretKeyRef:
      {{- if $from.value }}
      name: {{ $.inlineSecret }}
      key: {{ $key }}
      {{- else }}
      name: {{ $from.existingSecret | default (include "scanhook.sharedSecretName" $.root) }}
      key: {{ $from.key | default $key }}
      {{- end }}
      {{- if eq $need "optional" }}
      optional: true
      {{- end }}
{{- end }}
{{- end -}}

{{- /* The secrets that stand in the values; empty when there are none. */ -}}
{{- define "scanhook.inlineData" -}}
{{- range $key, $from := .Values.credentials }}
{{- if kindIs "map" $from }}
{{- with $from.value }}
{{ $key }}: {{ . | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- /* {resources, heapPercent} → MiB of heap. */ -}}
{{- define "scanhook.heapMiB" -}}
{{- $memory := .resources.limits.memory -}}
{{- $number := regexFind "^[0-9]+" $memory | int -}}
{{- $mib := hasSuffix "Gi" $memory | ternary (mul $number 1024) $number -}}
{{- div (mul $mib (int .heapPercent)) 100 -}}
{{- end -}}

{{- define "scanhook.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "scanhook.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
capabilities:
  drop: [ALL]
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "scanhook.volumes" -}}
- name: tmp
  emptyDir:
    sizeLimit: 64Mi
- name: schemas
  {{- if .root.Values.schemaCache.existingClaim }}
  persistentVolumeClaim:
    claimName: {{ .root.Values.schemaCache.existingClaim }}
  {{- else }}
  emptyDir:
    sizeLimit: {{ .root.Values.schemaCache.sizeLimit }}
  {{- end }}
{{- end -}}

{{- define "scanhook.volumeMounts" -}}
- name: tmp
  mountPath: /tmp
- name: schemas
  mountPath: {{ .schemaCacheDir }}
{{- end -}}

{{- /* {root, name, settings} → seconds of the drain itself. */ -}}
{{- define "scanhook.drainSeconds" -}}
{{- $raw := include "scanhook.setting" (dict "root" .root "settings" .settings "key" "DRAIN_TIMEOUT_MS") | default "20000" -}}
{{- divf (float64 $raw) 1000 | ceil | int64 -}}
{{- end -}}

{{- define "scanhook.consumers" -}}
{{- toJson (list "producer" "tracker" "router" "dispatcher" "retry" "recorder") -}}
{{- end -}}

{{- define "scanhook.topicPrefix" -}}
{{- hasKey .Values.settings "TOPIC_PREFIX" | ternary (get .Values.settings "TOPIC_PREFIX") "scanhook." -}}
{{- end -}}

{{- /* Requests and limits without what was set to null. */ -}}
{{- define "scanhook.resources" -}}
{{- $clean := dict -}}
{{- range $side, $quantities := . -}}
{{- $kept := dict -}}
{{- range $key, $value := $quantities -}}{{- if not (kindIs "invalid" $value) -}}{{- $_ := set $kept $key $value -}}{{- end -}}{{- end -}}
{{- $_ := set $clean $side $kept -}}
{{- end -}}
{{- toYaml $clean -}}
{{- end -}}

{{- /* {root, component, spread}. A new version is spread for itself: the old one's pods are about to go. */ -}}
{{- define "scanhook.spread" -}}
{{- $keys := dict "zone" "topology.kubernetes.io/zone" "host" "kubernetes.io/hostname" -}}
{{- $used := list -}}
{{- range $kind := list "zone" "host" -}}{{- if ne (get $.spread $kind) "none" -}}{{- $used = append $used $kind -}}{{- end -}}{{- end -}}
{{- if $used -}}
topologySpreadConstraints:
{{- range $used }}
  - maxSkew: 1
    topologyKey: {{ get $keys . }}
    whenUnsatisfiable: {{ get $.spread . }}
    labelSelector:
      matchLabels:
        {{- include "scanhook.selectorLabels" $ | nindent 8 }}
    matchLabelKeys: [pod-template-hash]
{{- end }}
{{- end -}}
{{- end -}}

{{- /* KAFKA_SECURITY in the words of KEDA's Kafka scaler. */ -}}
{{- define "scanhook.kedaSecurity" -}}
{{- $security := .Values.settings.KAFKA_SECURITY | default "plaintext" -}}
sasl: {{ get (dict "plaintext" "none" "tls" "none" "sasl_plain_tls" "plaintext" "sasl_scram512_tls" "scram_sha512" "sasl_plain" "plaintext") $security }}
tls: {{ has $security (list "tls" "sasl_plain_tls" "sasl_scram512_tls") | ternary "enable" "disable" }}
{{- end -}}

{{- define "scanhook.kedaSasl" -}}
{{- if hasPrefix "sasl" (.Values.settings.KAFKA_SECURITY | default "plaintext") -}}yes{{- end -}}
{{- end -}}

{{- /* {root, reads}: DNS, and each dependency whose address the service reads. */ -}}
{{- define "scanhook.egress" -}}
{{- $policy := .root.Values.networkPolicy -}}
- ports:
    {{- range $policy.dns.ports }}
    - { port: {{ int . }}, protocol: UDP }
    - { port: {{ int . }}, protocol: TCP }
    {{- end }}
  {{- with $policy.dns.to }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- range $dependency := .reads.dependencies }}
{{- $where := get $policy $dependency }}
- ports:
    {{- range $where.ports }}
    - { port: {{ int . }}, protocol: TCP }
    {{- end }}
  to:
    {{- if $where.to }}
    {{- toYaml $where.to | nindent 4 }}
    {{- else }}
    {{- range $policy.privateNetworks }}
    - ipBlock: { cidr: {{ . | quote }} }
    {{- end }}
    {{- end }}
{{- end }}
{{- end -}}

{{- /* {root, component, reads}: of a job, which nobody speaks to. */ -}}
{{- define "scanhook.jobPolicy" -}}
podSelector:
  matchLabels:
    {{- include "scanhook.selectorLabels" . | nindent 4 }}
policyTypes: [Ingress, Egress]
egress:
  {{- include "scanhook.egress" . | nindent 2 }}
{{- end -}}
