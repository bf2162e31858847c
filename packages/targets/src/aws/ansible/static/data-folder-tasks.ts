/** A folder for the data of a database, on the data volume when the host has one. */
export const DATA_FOLDER_TASKS = String.raw`# The data of "component" lies in data_folder, on the host's data volume when Terraform made one. A volume with anything on it is never formatted.
- name: Mount the data volume
  when: data_volume_id | default(none) is not none
  vars:
    # Nitro instances name their disks in any order; this name follows from the volume.
    device: "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_{{ data_volume_id | replace('-', '') }}"
  block:
    - name: Wait until the volume is attached
      ansible.builtin.stat:
        path: "{{ device }}"
        follow: true
      register: disk
      until: disk.stat.exists
      retries: 30
      delay: 2

    - name: Look what is on it
      ansible.builtin.command:
        argv: [wipefs, --noheadings, --output, TYPE, "{{ device }}"]
      changed_when: false
      check_mode: false
      register: signatures

    - name: Make a file system on a blank volume
      ansible.builtin.command:
        argv: [mkfs.ext4, -q, "{{ device }}"]
      changed_when: true
      when: signatures.stdout | trim | length == 0

    - name: Read its number
      ansible.builtin.command:
        argv: [blkid, --cache-file, /dev/null, --match-tag, UUID, --output, value, "{{ device }}"]
      changed_when: false
      failed_when: volume.rc != 0 and not ansible_check_mode
      check_mode: false
      register: volume

    - name: Make the place to mount it
      ansible.builtin.file:
        path: "{{ data_folder }}"
        state: directory
        mode: "0755"

    - name: Mount it at every start
      # Before Docker; without it the machine starts all the same, and the databases do not: their folders are on it only.
      ansible.builtin.lineinfile:
        path: /etc/fstab
        regexp: '^\S+\s+{{ data_folder | regex_escape }}\s'
        line: "UUID={{ volume.stdout }} {{ data_folder }} ext4 defaults,nofail,x-systemd.before=docker.service 0 2"
        create: true
        owner: root
        group: root
        mode: "0644"
      when: volume.stdout | length > 0

    - name: Look whether it is mounted
      ansible.builtin.command:
        argv: [findmnt, --noheadings, --output, UUID, --mountpoint, "{{ data_folder }}"]
      changed_when: false
      failed_when: mounted.stdout not in ['', volume.stdout]
      check_mode: false
      register: mounted

    # The module for it is not part of ansible-core.
    - name: Mount it # noqa: command-instead-of-module
      ansible.builtin.command:
        argv: [mount, "{{ data_folder }}"]
      changed_when: true
      when: mounted.stdout | length == 0

# Owner and mode are the image's business.
- name: Make the folder of {{ component }} # noqa: risky-file-permissions
  ansible.builtin.file:
    path: "{{ data_folder }}/{{ component }}"
    state: directory
`;
