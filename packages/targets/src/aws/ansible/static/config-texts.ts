/** How Ansible behaves when it is run in the folder. */
export const ANSIBLE_CFG = `# Read when Ansible is run in this folder.
[defaults]
inventory = inventory.yml
inventory_plugins = inventory_plugins
# Hosts are checked by ssh itself, against known_hosts in this folder: see ssh_config.
host_key_checking = True
forks = 10
timeout = 30
display_skipped_hosts = False
retry_files_enabled = False

[inventory]
enable_plugins = terraform_outputs, host_list, ini
# Without hosts a playbook does nothing and says that all is well.
any_unparsed_is_failed = True

[ssh_connection]
# Fewer round trips: modules are piped to the host instead of copied.
pipelining = True
# In place of Ansible's own choices, which would win over ssh_config: one connection for Ansible, copies of images and people.
ssh_args = -o ForwardAgent=no
# A connection that breaks is opened again.
retries = 3
`;

/** ansible/.gitignore. */
/** Files that other programs read are theirs to check: promtool, amtool. */
export const ANSIBLE_LINT = `exclude_paths:
  - monitoring/
`;

export const GITIGNORE = `# Secrets, and what follows from the outputs of Terraform.
secrets.env
terraform-output.json
ssh_config
known_hosts
*.retry
`;
