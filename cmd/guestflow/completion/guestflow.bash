# Completion of guestflow for bash 4.4 or later: source <(guestflow completion bash)
_guestflow() {
	local line=${COMP_LINE:0:COMP_POINT} choice
	local -a words
	read -ra words <<<"$line" # at blanks only: COMP_WORDS is also split at = and :
	[[ $line == *[[:space:]] ]] && words+=("")
	local word=${words[-1]} typed=
	[[ $word == --*=* ]] && typed=${word%%=*}= # bash completes what stands behind the =
	COMPREPLY=()
	while IFS=$'\t' read -r choice _; do
		if [[ $choice == :files ]]; then
			compopt -o filenames
			mapfile -t COMPREPLY < <(compgen -f -- "${word#"$typed"}")
			return
		fi
		COMPREPLY+=("${choice#"$typed"}")
	done < <("${words[0]/#\~/$HOME}" complete "${words[@]:1}" 2>/dev/null)
}
complete -o nosort -F _guestflow guestflow
