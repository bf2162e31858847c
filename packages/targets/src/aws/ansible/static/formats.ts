/** group_vars/all/formats.yml: templates of the docker program, which look like Ansible's. */
export const FORMATS = `# Templates for the option --format of the docker program. "!unsafe": Ansible does not take them for its own.
server_format: !unsafe "{{.Server.Version}}"
id_format: !unsafe "{{.Id}}"
name_format: !unsafe "{{.Repository}}:{{.Tag}}"
container_format: !unsafe '{{.State.Status}} {{index .Config.Labels "groundplan.options"}}'
health_format: !unsafe "{{.State.Status}} {{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}} {{.RestartCount}}"
`;
