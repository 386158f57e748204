{{- /* Values that Kubernetes would accept, and with which the application would not start or not work: all of them at once, each with what
to do. */ -}}
{{- define "klaviyo-export.check" -}}
{{- $faults := list -}}
{{- with .Values -}}
  {{- if not .image.repository -}}
    {{- $faults = append $faults "image.repository is empty. Set it to the image in your registry, such as registry.company.example/klaviyo-export." -}}
  {{- end -}}
  {{- if gt (int .replicas) 1 -}}
    {{- if eq .store.provider "Sqlite" -}}
      {{- $faults = append $faults "Several replicas cannot share a SQLite store. Set store.provider to PostgreSql or SqlServer, or replicas to 1." -}}
    {{- end -}}
    {{- if not .certificate.secret -}}
      {{- $faults = append $faults "Several replicas need one certificate for their keys. Put a PFX file into a Secret, and its name into certificate.secret." -}}
    {{- end -}}
    {{- if not (or .data.existingClaim (eq .data.accessMode "ReadWriteMany")) -}}
      {{- $faults = append $faults "Several replicas share one volume. Set data.accessMode to ReadWriteMany and data.storageClass to a class that has it, or name a claim in data.existingClaim." -}}
    {{- end -}}
  {{- end -}}
  {{- if not (or .secret (eq .store.provider "Sqlite")) -}}
    {{- $faults = append $faults (printf "A %s store needs its connection string. Put it as ConnectionStrings__Default into a Secret, and the name of the Secret into secret." .store.provider) -}}
  {{- end -}}
  {{- if .ingress.enabled -}}
    {{- if not .ingress.host -}}
      {{- $faults = append $faults "ingress.host is empty. Set it to the name under which people open the application, such as exports.company.example." -}}
    {{- end -}}
    {{- if not .proxy.networks -}}
      {{- $faults = append $faults "proxy.networks is empty. Set it to the networks of the ingress controller's pods: without them, pages open but do not work." -}}
    {{- end -}}
  {{- end -}}
  {{- $others := dict "urls" "" "datadirectory" "" "database__provider" "store.provider" "cluster__enabled" "replicas" "dataprotection__certificate" "certificate.secret" -}}
  {{- range $name, $_ := .settings -}}
    {{- $own := lower $name -}}
    {{- if hasPrefix "proxy__networks__" $own -}}
      {{- $faults = append $faults (printf "settings.%s: use the value proxy.networks instead." $name) -}}
    {{- else if get $others $own -}}
      {{- $faults = append $faults (printf "settings.%s: use the value %s instead." $name (get $others $own)) -}}
    {{- else if hasKey $others $own -}}
      {{- $faults = append $faults (printf "settings.%s: remove it, because the chart sets it." $name) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- with $faults -}}
  {{- fail (printf "\n- %s\n" (join "\n- " .)) -}}
{{- end -}}
{{- end -}}
